/** Asks before something that was written is dropped. Escape, too, keeps it. */
import { make } from "./elements.ts";

/** @param drop what the second button does */
export function ask(question: string, stay: string, leave: string, drop: () => void): void {
  const words = make("p", { id: "asked" }, question);
  const foot = make(
    "p",
    { className: "edit-foot" },
    button(stay, "primary", () => dialog.close()),
    button(leave, "danger", () => {
      dialog.close();
      drop();
    }),
  );
  const dialog = make("dialog", {}, words, foot);
  dialog.setAttribute("aria-labelledby", words.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function button(text: string, kind: string, act: () => void): HTMLButtonElement {
  return make("button", { type: "button", className: kind, onclick: act }, text);
}
