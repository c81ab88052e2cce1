/** Asks before something that was written is dropped. Escape, too, keeps it. */

/** @param drop what the second button does */
export function ask(question: string, stay: string, leave: string, drop: () => void): void {
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  words.id = "asked";
  words.textContent = question;
  dialog.setAttribute("aria-labelledby", words.id);
  const foot = document.createElement("p");
  foot.className = "edit-foot";
  foot.append(
    button(stay, "primary", () => dialog.close()),
    button(leave, "danger", () => {
      dialog.close();
      drop();
    }),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(words, foot);
  document.body.append(dialog);
  dialog.showModal();
}

function button(text: string, kind: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
