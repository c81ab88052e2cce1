/** Draws the "New messages" line above what arrives while nobody looks. */
import { make } from "./elements.ts";
import { byId } from "./page.ts";

export interface UnreadLine {
  /** `first` is the first new message of somebody else. */
  arrived(first: HTMLElement | undefined, seen: boolean): void;
}

export function createUnreadLine(): UnreadLine {
  let drawn = byId("unread-line") !== undefined;
  return {
    arrived(first, seen) {
      if (seen) drawn = false;
      if (seen || drawn || !first) return;
      byId("unread-line")?.remove();
      first.before(make("li", { id: "unread-line", className: "unread-line" }, "New messages"));
      drawn = true;
    },
  };
}
