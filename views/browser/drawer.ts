/**
 * The list of rooms on a phone, open by the address's fragment. With this code Back closes it, and neither closing it nor going to a room
 * from it leaves it behind in the history.
 */
import { closest, isPlain } from "./elements.ts";
import { byId } from "./page.ts";

const OPEN = "#sidebar";
const OPENER = `a[href="${OPEN}"]`;

export const isDrawerOpen = () => location.hash === OPEN;

export function listenToDrawer(): void {
  document.addEventListener("click", (event) => {
    const link = closest<HTMLAnchorElement>(event.target, "a");
    if (!link || !isPlain(event) || event.defaultPrevented) return;
    if (link.matches(OPENER)) openDrawer();
    else if (isDrawerOpen() && link.matches(`${OPEN} .close`)) closeDrawer();
    else if (isDrawerOpen() && link.closest(OPEN)) location.replace(link.href);
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", show);
  // A page begins at its top, not at the button of what is closed.
  if (isDrawerOpen()) show();
}

function openDrawer(): void {
  location.hash = OPEN;
  history.replaceState({ opened: true }, "");
}

export function closeDrawer(): void {
  // A page that began with it open has nothing to go back to.
  if (history.state?.opened) history.back();
  else location.replace("#main");
}

/** What is under it is out of reach, and the focus goes along. */
function show(): void {
  const list = document.querySelector<HTMLElement>(OPEN);
  const closer = list?.querySelector<HTMLElement>(".close");
  // Wide pages have the list beside the rest, and nothing to close.
  const covers = isDrawerOpen() && closer !== undefined && closer !== null && closer.offsetParent !== null;
  const focused = document.activeElement;
  for (const id of ["main", "people"]) byId(id)?.toggleAttribute("inert", covers);
  if (covers) closer.focus({ preventScroll: true });
  else if (
    !isDrawerOpen() &&
    (focused === document.body || list?.contains(focused)) &&
    !location.hash.startsWith("#m-")
  )
    document.querySelector<HTMLElement>(OPENER)?.focus({ preventScroll: true });
}
