/** Where a message is written. A plain form; browser code sends it over the page's socket and keeps what is not acked yet. */
import { raw } from "hono/html";
import type { EventId } from "#domain/ids.ts";
import type { Quote } from "#domain/quote.ts";
import type { RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import type { Problem } from "../chrome.ts";
import { escapeHtml } from "../escape.ts";
import { roomPath, roomTitle } from "../room-name.ts";
import { avatarHtml } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { quoteHtml } from "./quote.ts";
import { SuggestionList } from "./suggestion-list.tsx";

export interface ComposerProps {
  readonly access: Pick<RoomAccess, "room" | "peer">;
  readonly viewer: Author;
  /** Made at render: a form that is sent twice is one message. */
  readonly draftId: EventId;
  readonly draft?: string | undefined;
  /** What the draft answers. */
  readonly replyTo?: Quote | undefined;
  readonly problem?: Problem | undefined;
}

export function Composer(props: ComposerProps) {
  return raw(composerHtml(props));
}

const suggestions = String(<SuggestionList people={[]} />);
const send = String(
  <button type="submit" class="send" aria-label="Send">
    <span>Send</span> <Icon name="send" />
  </button>,
);

/** A string: each room's page has it. Without `maxlength`, which would cut a paste short in silence. */
function composerHtml({ access, viewer, draftId, draft = "", replyTo, problem }: ComposerProps): string {
  const label = escapeHtml(`Message ${roomTitle(access, viewer)}`);
  const why = problem && `<p class="problem" id="composer-problem" role="alert">${escapeHtml(problem.sentence)}</p>`;
  const wrong = problem && ' aria-describedby="composer-problem" aria-invalid="true"';
  return (
    `<form id="composer" method="post" action="${escapeHtml(roomPath(access.room))}/messages">${suggestions}${why ?? ""}` +
    `<input type="hidden" name="id" value="${escapeHtml(draftId)}"><label for="text" class="visually-hidden">${label}</label>` +
    `${replyTo ? String(<Replying quote={replyTo} />) : ""}<div class="field">` +
    `<textarea id="text" name="text" rows="1" placeholder="${label}" dir="auto" autocomplete="off"` +
    ` enterkeyhint="enter" aria-autocomplete="list" aria-controls="suggestions"${wrong ?? ""}>${escapeHtml(draft)}</textarea>` +
    `${send}</div><p id="composer-note" role="status"></p></form>`
  );
}

/** Without scripts the mark is taken away to send the message without its quote. Browser code makes a chip of it: reply-chip.ts. */
function Replying({ quote }: { quote: Quote }) {
  const { id, deleted = false } = quote;
  return (
    <div id="replying">
      <input id="reply-to" type="checkbox" name="replyTo" value={id} checked={!deleted} disabled={deleted} />
      <label for="reply-to">Replying to</label>
      {raw(quoteHtml(quote))}
    </div>
  );
}

/** What browser code fills for an own message that is on its way. CSS shows what fits its data-state. */
export function pendingHtml({ id, name }: Author): string {
  return (
    `<template id="pending-template"><li class="message pending mine" data-state="sending" data-author="${escapeHtml(id)}">` +
    `${avatarHtml(id, name)}<div class="head"><bdi class="author">${escapeHtml(name)}</bdi> <time class="at"></time></div>` +
    '<div class="text" dir="auto"></div><p class="state"></p></li></template>'
  );
}
