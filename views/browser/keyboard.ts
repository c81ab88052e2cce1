/** Keys for the whole page: `/` searches, Escape goes back to writing, Alt+Up and Alt+Down change the room. Those for one message: message-menu.ts. */
import { byId } from "./page.ts";

export function listenToKeys(): void {
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

/** Closes a drawer, which is open by the address's fragment; then back to the field. */
function goBack(): void {
  const drawer = location.hash ? byId(location.hash.slice(1)) : undefined;
  if (drawer?.matches("#sidebar, #people")) location.hash = "main";
  const field = byId("text");
  if (field) field.focus({ preventScroll: true });
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function goToRoom(step: number): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("#rooms [data-room] a")];
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = current < 0 ? (step > 0 ? 0 : links.length - 1) : (current + step + links.length) % links.length;
  links[next]?.click();
}

function search(): void {
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  if (field) field.focus();
  else document.querySelector<HTMLAnchorElement>('#sidebar a[href="/rooms"]')?.click();
}

export const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
