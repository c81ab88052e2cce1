/** Asks before a message is deleted, within its menu: the button that confirms stands where the one that asked was. */
import { make } from "./elements.ts";

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
  /** What is about to be deleted. */
  readonly excerpt: string;
  /** What is in sight; undefined where the menu has a place of its own at the end of it. */
  readonly sight: DOMRect | undefined;
}

/** @returns what puts the question away */
export function confirmDelete({ menu, asked, excerpt, sight }: DeleteQuestion, answers: DeleteAnswers): () => void {
  const before = asked.getBoundingClientRect();
  const title = make("strong", { id: "question-title" }, "Delete this message?");
  const quote = make("q", { dir: "auto" }, excerpt);
  const sentence = make("p", {}, "This deletes the message for everyone. It can't be undone.");
  const words = make("div", { id: "question-words" }, quote, sentence);
  const cancel = make("button", { type: "button" }, "Cancel");
  const confirm = make("button", { type: "button", className: "delete" }, "Delete");
  const question = make("div", { className: "question", role: "alertdialog" }, title, cancel, confirm, words);
  question.setAttribute("aria-labelledby", title.id);
  question.setAttribute("aria-describedby", words.id);
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
