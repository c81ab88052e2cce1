/** Asks before a message is deleted, within its menu: the button that confirms stands where the one that asked was. */
import { quotedFrom } from "./quotes.ts";

export interface DeleteAnswers {
  /** @param byKey without a pointer */
  confirmed(byKey: boolean): void;
  cancelled(): void;
}

/** The least distance to the edges of the window, where it may be kept. */
const EDGE_PX = 4;

/** @param asked the button that was pressed @returns what puts the question away */
export function confirmDelete(
  menu: HTMLElement,
  asked: HTMLElement,
  entry: HTMLElement,
  answers: DeleteAnswers,
): () => void {
  const before = asked.getBoundingClientRect();
  const question = document.createElement("div");
  question.className = "question";
  question.setAttribute("role", "alertdialog");
  const title = part("strong", "Delete this message?", "question-title");
  const words = part("div", "", "question-words");
  const excerpt = part("q", quotedFrom(entry).text);
  excerpt.dir = "auto";
  words.append(excerpt, part("p", "This deletes the message for everyone. It can't be undone."));
  question.setAttribute("aria-labelledby", title.id);
  question.setAttribute("aria-describedby", words.id);
  const cancel = button("Cancel");
  const confirm = button("Delete");
  confirm.className = "delete";
  question.append(title, cancel, confirm, words);
  question.addEventListener("click", (event) => {
    event.stopPropagation();
    if (event.target === cancel) answers.cancelled();
    // The second click of a double click on the button that asked is no answer.
    if (event.target === confirm && event.detail < 2) answers.confirmed(event.detail === 0);
  });
  menu.classList.add("asking");
  menu.append(question);
  moveBack(menu, confirm, before);
  cancel.focus({ preventScroll: true });
  return () => {
    question.remove();
    menu.classList.remove("asking");
    menu.style.translate = "";
  };
}

/** Moves the menu so that the button's far corner is where another one's was, as far as the menu stays in the window. */
function moveBack(menu: HTMLElement, button: HTMLElement, { right, bottom }: DOMRect): void {
  const [now, all] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
  const within = (by: number, start: number, end: number, size: number) =>
    Math.max(EDGE_PX - start, Math.min(by, size - EDGE_PX - end));
  const x = within(right - now.right, all.left, all.right, document.documentElement.clientWidth);
  const y = within(bottom - now.bottom, all.top, all.bottom, document.documentElement.clientHeight);
  if (Math.abs(x) >= 1 || Math.abs(y) >= 1) menu.style.translate = `${x}px ${y}px`;
}

function part(name: string, text: string, id = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (id) made.id = id;
  return made;
}

function button(text: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  return made;
}
