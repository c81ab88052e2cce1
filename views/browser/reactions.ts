/** The reactions below messages: kept up with what everybody chooses, and pressed without leaving the page. */

import { entryOf } from "./changes.ts";
import { make } from "./elements.ts";
import type { ReactionChange } from "./frames.ts";
import { postForm } from "./post-form.ts";

/** Of one message: different emoji, and reactions in all. As in domain/reaction.ts. */
export const EMOJI_MAX = 20;
export const REACTIONS_MAX = 500;

/** False when the message is not there. Doing the same twice changes nothing. */
export function applyReaction(log: HTMLElement, me: string, { id, user, emoji, added }: ReactionChange): boolean {
  const entry = entryOf(log, id);
  if (!entry) return false;
  const form = formOf(entry);
  const present = [...(form?.querySelectorAll("button") ?? [])].find(({ value }) => value === emoji);
  const users = new Set(present ? usersOf(present) : []);
  if (added && !users.has(user) && isFull(form, present)) return true;
  if (added) users.add(user);
  else users.delete(user);
  if (users.size > 0 && !entry.querySelector(":scope > .deleted")) {
    const chip = present ?? (form ?? makeForm(log, entry)).appendChild(makeChip(emoji));
    chip.dataset.users = [...users].join(" ");
    chip.lastElementChild?.replaceChildren(String(users.size));
    press(chip, me);
  } else present?.remove();
  if (form?.childElementCount === 0) form.remove();
  return true;
}

/** Marks what the reader chose, in what came for everybody. */
export function markOwnReactions(entry: HTMLElement, me: string): void {
  for (const chip of formOf(entry)?.querySelectorAll("button") ?? []) press(chip, me);
}

export function listenToReactions(log: HTMLElement, say: (text: string) => void): void {
  log.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (!(target instanceof HTMLFormElement) || !target.matches(".reactions")) return;
    event.preventDefault();
    if (submitter instanceof HTMLButtonElement) void react(target.action, submitter.value, say);
  });
}

/** Adds it, or takes it back. What comes of it is shown when it comes to everybody. */
export async function react(action: string, emoji: string, say: (text: string) => void): Promise<void> {
  const trouble = await postForm(action, { emoji });
  if (trouble) say(trouble);
}

export const reactionsAction = (room: string, message: string) => `/rooms/${room}/messages/${message}/reactions`;

/** Those that came too late for it are not there. */
function isFull(form: HTMLFormElement | null, present: HTMLButtonElement | undefined): boolean {
  const chips = [...(form?.querySelectorAll("button") ?? [])];
  if (!present && chips.length >= EMOJI_MAX) return true;
  return chips.reduce((sum, chip) => sum + usersOf(chip).length, 0) >= REACTIONS_MAX;
}

const formOf = (entry: HTMLElement) => entry.querySelector<HTMLFormElement>(":scope > .reactions");

const usersOf = (chip: HTMLElement) => (chip.dataset.users ?? "").split(" ");

function press(chip: HTMLElement, me: string): void {
  chip.setAttribute("aria-pressed", String(usersOf(chip).includes(me)));
}

function makeForm(log: HTMLElement, entry: HTMLElement): HTMLFormElement {
  const action = reactionsAction(log.closest<HTMLElement>("[data-room]")?.dataset.room ?? "", entry.dataset.id ?? "");
  const form = make("form", { className: "reactions", method: "post", action });
  entry.querySelector(":scope > .text")?.after(form);
  return form;
}

function makeChip(emoji: string): HTMLButtonElement {
  return make("button", { name: "emoji", value: emoji }, `${emoji} `, make("b"));
}
