/** Links to this place in messages open in the same tab: who renders a message does not know at which address it is read. */
import { closest } from "./elements.ts";

export function keepOwnLinksHere(): void {
  // Before anything else sees the click: what it does is decided after all of it.
  document.addEventListener(
    "click",
    ({ target }) => {
      const link = closest<HTMLAnchorElement>(target, "a[target]");
      if (link?.origin === location.origin) link.removeAttribute("target");
    },
    { capture: true },
  );
}
