/** A bot's answer while it grows, and the buttons in it. */
import { textOf } from "./changes.ts";
import type { Grown } from "./frames.ts";

/** A piece that does not follow waits for the whole text, which the server sends when something was lost. */
export function growText(log: HTMLElement, { message, at, piece, note }: Grown): void {
  const text = textOf(log, message);
  const grown = text?.querySelector(".grown");
  if (!text || !grown) return;
  const before = grown.textContent ?? "";
  if (at > before.length) return;
  if (at > 0 && at === before.length) grown.append(piece);
  else grown.textContent = before.slice(0, at) + piece;
  const waits = text.querySelector(".answer-note");
  if (waits) waits.textContent = note || (grown.textContent ? "" : "Thinking…");
}

/** Sends the buttons' forms without leaving the page. Should that fail, the form goes its plain way. */
export function listenToAnswers(log: HTMLElement, say: (text: string) => void): void {
  log.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(".answer-action")) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    void send(form).then((done) => {
      if (done) say("Done.");
      else form.submit();
    });
  });
}

async function send(form: HTMLFormElement): Promise<boolean> {
  try {
    const { ok, type } = await fetch(form.action, { method: "POST", redirect: "manual" });
    return ok || type === "opaqueredirect";
  } catch {
    return false;
  }
}
