/** Above the composer: people named in what was just sent who are not in the room. The server writes it, with forms to invite them. */

import type { ActionOwner } from "./actions.ts";
import { closest, make } from "./elements.ts";
import { byId, roomUrl } from "./page.ts";

export interface AbsentNotice {
  /** Asks the server whether a message names people who are not in the room, and shows it. */
  look(message: string): Promise<void>;
}

export function createAbsentNotice({ room, field, say, submitForm, fetchPage }: ActionOwner): AbsentNotice {
  const shown = () => byId("absent");
  let asked = "";
  const first = shown();
  if (first) listen(first);

  function listen(notice: HTMLElement): void {
    notice.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target instanceof HTMLFormElement) void invite(notice, event.target);
    });
    notice.addEventListener("click", (event) => {
      if (!closest(event.target, "a")) return;
      event.preventDefault();
      dismiss(notice);
    });
    notice.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      dismiss(notice);
    });
  }

  function dismiss(notice: HTMLElement): void {
    notice.remove();
    field.focus({ preventScroll: true });
  }

  async function invite(notice: HTMLElement, form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button");
    const name = form.querySelector("input")?.value ?? "";
    if (!button || button.disabled) return;
    const hadFocus = form.contains(document.activeElement);
    button.disabled = true;
    notice.querySelector(".problem")?.remove();
    const trouble = (await submitForm(form.action, { name }))?.sentence;
    if (trouble !== undefined) {
      button.disabled = false;
      if (hadFocus) button.focus();
      return warn(notice, trouble);
    }
    const done = make("span", { className: "done" }, `${form.dataset.done} ${name}`);
    form.replaceWith(done);
    say(`${done.textContent}.`);
    if (hadFocus) (notice.querySelector<HTMLElement>("button:enabled") ?? notice.querySelector("a"))?.focus();
  }

  return {
    async look(message) {
      asked = message;
      try {
        const { document: answer } = await fetchPage(`${roomUrl(room)}/messages/${message}/absent`, { fragment: true });
        const notice = answer.getElementById("absent");
        if (asked !== message || !notice) return;
        shown()?.remove();
        byId("composer")?.before(notice);
        listen(notice);
        say(notice.querySelector("p")?.textContent ?? "");
      } catch {
        // Of another room, or not to be had: the message is sent all the same.
      }
    },
  };
}

function warn(notice: HTMLElement, sentence: string): void {
  notice.append(make("p", { className: "problem", role: "alert" }, sentence));
}
