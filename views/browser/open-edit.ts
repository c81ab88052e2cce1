/** The edit that is open: its message may be out of the list for a while, and comes into it as the server has it. */
import { entryOf } from "./changes.ts";

export interface OpenEdit {
  /** Of the message. */
  readonly id: string;
  readonly form: HTMLFormElement;
}

let opened: OpenEdit | undefined;

/** Puts it into its message. Without one, none is open. */
export function keepEdit(log: HTMLElement, edit: OpenEdit | undefined): void {
  opened = edit;
  keepEditIn(log);
}

/** Somebody is writing in it. @param within only there */
export const isEditing = (within: Node | null = document) =>
  (opened?.form.contains(document.activeElement) && within?.contains(opened.form)) ?? false;

/** Its message may have come into the list again, as the server has it. */
export function keepEditIn(log: HTMLElement): void {
  if (!opened || log.contains(opened.form)) return;
  const entry = entryOf(log, opened.id);
  if (!entry || entry.querySelector(":scope > .deleted")) return;
  entry.classList.add("editing");
  entry.querySelector(":scope > .text")?.after(opened.form);
}

/** The same for a change that takes the message out and puts it in: who writes goes on writing. */
export function keepEditThrough(log: HTMLElement, change: () => void): void {
  const field = isEditing() ? document.activeElement : undefined;
  change();
  keepEditIn(log);
  if (field instanceof HTMLElement && field.isConnected) field.focus({ preventScroll: true });
}
