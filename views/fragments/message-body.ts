/** What a message says, as HTML: the part of it that changes when it is edited, deleted, or grows. */
import type { Answer, AnswerState } from "#domain/answer.ts";
import type { Message } from "#domain/message.ts";
import { escapeHtml } from "../escape.ts";
import { renderMessageText } from "../message-text.ts";

/** What the text depends on, apart from who wrote it and when. */
export type MessageBody = Pick<
  Message,
  "id" | "room" | "text" | "mentions" | "named" | "editedAt" | "deleted" | "answer" | "note"
>;

export function textHtml(message: MessageBody): string {
  if (message.deleted) return '<div class="text deleted">This message was deleted.</div>';
  if (message.answer !== undefined) return answerHtml(message, message.answer);
  const { html, jumbo } = renderMessageText(message);
  const edited = message.editedAt === undefined ? "" : '<span class="edited">(edited)</span>';
  return `<div class="text${jumbo ? " jumbo" : ""}" dir="auto">${html}${edited}</div>`;
}

const endings: Readonly<Record<Exclude<AnswerState, "growing" | "complete">, string>> = {
  stopped: "Stopped.",
  interrupted: "Interrupted.",
  failed: "No answer this time.",
};

/** While it grows it is plain text in which the page appends; it becomes Markdown when it is whole. */
function answerHtml(message: MessageBody, { state, model }: Answer): string {
  const { id, room, text, note = "" } = message;
  if (state === "growing") {
    return (
      `<div class="text answer growing" dir="auto" aria-busy="true"><div class="grown">${escapeHtml(text)}</div>` +
      `<div class="answer-foot"><span class="answer-note">${escapeHtml(note === "" && text === "" ? "Thinking…" : note)}</span>` +
      `${button(room, id, "stop", "Stop")}</div></div>`
    );
  }
  const said = text === "" ? "" : renderMessageText(message).html;
  const by = model === undefined ? "" : `<span class="by-model">by ${escapeHtml(model)}</span>`;
  if (state === "complete")
    return `<div class="text answer" dir="auto">${said}<div class="answer-foot">${by}</div></div>`;
  return (
    `<div class="text answer" dir="auto">${said}<div class="answer-foot">` +
    `<span class="answer-note">${endings[state]}</span>${button(room, id, "ask-again", "Ask again")}${by}</div></div>`
  );
}

/** Shown to who asked; see message.css. */
function button(room: string, id: string, action: string, label: string): string {
  return (
    `<form class="answer-action" method="post" action="/rooms/${room}/answers/${id}/${action}">` +
    `<button type="submit">${label}</button></form>`
  );
}
