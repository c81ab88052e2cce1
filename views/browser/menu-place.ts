/** Keeps the menu of a message in sight: beside the part of the message that is seen, or, for who taps on a phone, as a sheet at the bottom. */

/** Between the menu and the edges of what is seen. */
const GAP_PX = 4;
/** So much of the menu is above its message: less than half a line, so that the message before it can be pointed at. */
const RISE_PX = 8;
const PHONE = "(max-width: 720px)";

export const isPhone = () => matchMedia(PHONE).matches;

export interface MenuPlace {
  /** The menu is in the document, in its message. */
  beside(entry: HTMLElement): void;
  asSheet(): void;
  isSheet(): boolean;
}

export function createMenuPlace(menu: HTMLElement, scroller: HTMLElement): MenuPlace {
  let entry: HTMLElement | undefined;

  function place(): void {
    // A question stays where it was asked.
    if (!entry || !menu.isConnected || menu.matches(".asking")) return;
    const [seen, box] = [scroller.getBoundingClientRect(), entry.getBoundingClientRect()];
    menu.style.maxWidth = `${Math.max(0, box.width - 2 * GAP_PX)}px`;
    menu.style.maxHeight = `${seen.height - 2 * GAP_PX}px`;
    const lowest = seen.bottom - GAP_PX - menu.offsetHeight;
    menu.style.top = `${Math.max(seen.top + GAP_PX, Math.min(box.top - RISE_PX, lowest))}px`;
    menu.style.right = `${document.documentElement.clientWidth - box.right + GAP_PX}px`;
  }

  scroller.addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place);
  // It grows by what is opened in it, and its message changes.
  const sizes = new ResizeObserver(place);

  return {
    beside(message) {
      menu.classList.remove("sheet");
      sizes.disconnect();
      for (const each of [menu, message]) sizes.observe(each);
      entry = message;
      place();
    },
    asSheet() {
      menu.classList.add("sheet");
      menu.removeAttribute("style");
      entry = undefined;
    },
    isSheet: () => menu.isConnected && menu.classList.contains("sheet"),
  };
}
