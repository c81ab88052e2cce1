/** Asks before a message is deleted, within its menu: the button that confirms stands where the one that asked was. */
import { quotedFrom } from "./quotes.ts";

export interface DeleteAnswers {
  /** @param byKey without a pointer */
  confirmed(byKey: boolean): void;
  cancelled(): void;
}

/** The least distance to the edges of what is in sight. */
const EDGE_PX = 4;

export interface DeleteQuestion {
  readonly menu: HTMLElement;
  /** The button that was pressed. */
  readonly asked: HTMLElement;
  readonly entry: HTMLElement;
  /** What is in sight; undefined where the menu has a place of its own at the end of it. */
  readonly sight: DOMRect | undefined;
}

/** @returns what puts the question away */
export function confirmDelete({ menu, asked, entry, sight }: DeleteQuestion, answers: DeleteAnswers): () => void {
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
  // The words stand above the buttons where there is room for them.
  if (sight) {
    question.classList.toggle("below", before.bottom - question.offsetHeight - 2 * EDGE_PX < sight.top);
    moveBack(menu, confirm, before, sight);
  }
  cancel.focus({ preventScroll: true });
  return () => {
    question.remove();
    menu.classList.remove("asking");
    menu.style.translate = "";
  };
}

/** Moves the menu so that the button's far corner is where another one's was, as far as the menu stays in sight. */
function moveBack(menu: HTMLElement, button: HTMLElement, { right, bottom }: DOMRect, sight: DOMRect): void {
  const [now, all] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
  const x = clamp(right - now.right, sight.left - all.left, sight.right - all.right);
  const y = clamp(bottom - now.bottom, sight.top - all.top, sight.bottom - all.bottom);
  menu.style.translate = `${x}px ${y}px`;
}

const clamp = (by: number, least: number, most: number) => Math.max(least + EDGE_PX, Math.min(by, most - EDGE_PX));

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
