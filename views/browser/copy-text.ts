/** Puts a text on the clipboard; where the page has no right to it, as over plain HTTP, by the command that browsers keep for that. */

import { make } from "./elements.ts";

/** @param within where the focus may go for a moment. @returns whether it is there */
export async function copyText(text: string, within: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, within);
  }
}

function copyBySelection(text: string, within: HTMLElement): boolean {
  const focused = document.activeElement;
  const field = make("textarea", { className: "visually-hidden", value: text });
  within.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
