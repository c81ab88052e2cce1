/** Keys for the whole page: `/` leads to the search field, Escape goes back to writing, Alt+Up and Alt+Down change the room. Those for one message: message-menu.ts. */
import { closeDrawer, isDrawerOpen } from "./drawer.ts";
import { byId } from "./page.ts";

/** What the address of a page says whose field is to be searched in at once. */
const SEARCH = "#q";

export function listenToKeys(): void {
  if (location.hash === SEARCH) searchField()?.focus();
  document.addEventListener("click", ({ target }) => {
    const menu = accountMenu();
    if (menu && !menu.contains(target as Node)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const { key, altKey, ctrlKey, metaKey, defaultPrevented, isComposing } = event;
    if (defaultPrevented || isComposing || ctrlKey || metaKey) return;
    // The keys are the dialog's while it asks.
    if (document.querySelector("dialog[open]")) return;
    if (key === "Escape") goBack();
    else if (altKey && key === "ArrowUp") goToRoom(-1);
    else if (altKey && key === "ArrowDown") goToRoom(1);
    else if (key === "/" && !altKey && !isWriting(event.target)) search();
    else return;
    event.preventDefault();
  });
}

const accountMenu = () => document.querySelector<HTMLDetailsElement>(".me[open]");

/** Closes the menu of the account, or the list of rooms on a phone; else back to the field. */
function goBack(): void {
  const field = byId("text");
  const menu = accountMenu();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (isDrawerOpen()) closeDrawer();
  else if (field) field.focus({ preventScroll: true });
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function goToRoom(step: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("#rooms [data-room] a")];
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = current < 0 ? (step > 0 ? 0 : links.length - 1) : (current + step + links.length) % links.length;
  links[next]?.click();
}

/** On a page without a field it leads to that of the rooms. */
function search(): void {
  const field = searchField();
  if (!field) location.assign(`/rooms${SEARCH}`);
  field?.focus();
  field?.select();
}

const searchField = () => document.querySelector<HTMLInputElement>("input[type=search]");

const WRITABLE = "input:not([type=checkbox], [type=radio]), textarea, select";

export const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(WRITABLE));
