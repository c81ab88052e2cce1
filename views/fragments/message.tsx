/** One message, as the page and the live update show it. Built as a string: a room's page and every live frame need it fast. */

import { raw } from "hono/html";
import type { UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { escapeHtml } from "../escape.ts";
import { avatarHtml } from "./avatar.tsx";
import { textHtml } from "./message-body.ts";
import { quoteHtml } from "./quote.ts";
import { reactionsHtml } from "./reactions.ts";
import { clockHtml } from "./time.tsx";

export interface MessageLook {
  /** Follows closely on a message of the same author: the author is not shown again. */
  readonly grouped: boolean;
  readonly timeZone: string;
  /** Their clock counts to twelve. */
  readonly hour12?: boolean | undefined;
  /** Whose reactions are marked. */
  readonly viewer?: UserId | undefined;
  /** Further classes that only its own viewer may see: mine, mentioned, focused. */
  readonly marks?: string;
  /** Path of the room, on pages that are not its own. */
  readonly path?: string;
}

export function messageHtml(
  message: Message,
  { grouped, timeZone, hour12, viewer, marks = "", path = "" }: MessageLook,
): string {
  const { id, offset, author, at, mentions, replyTo, answer } = message;
  const classes = `message${grouped ? " grouped" : ""}${marks}`;
  const mentioned = mentions.length === 0 ? "" : ` data-mentions="${escapeHtml(mentions.join(" "))}"`;
  const asked = answer === undefined ? "" : ` data-asker="${escapeHtml(answer.asker)}"`;
  const quote = replyTo === undefined ? "" : quoteHtml(replyTo, path);
  return (
    `<li class="${classes}" id="m-${offset}" data-offset="${offset}" data-id="${escapeHtml(id)}"` +
    ` data-author="${escapeHtml(author.id)}" data-at="${escapeHtml(at)}"${mentioned}${asked}>` +
    `${avatarHtml(author.id, author.name)}<div class="head"><bdi class="author">${escapeHtml(author.name)}</bdi> ` +
    `<a class="at" href="${path}?at=${offset}#m-${offset}">${clockHtml(at, timeZone, hour12)}</a></div>${quote}${textHtml(message)}${reactionsHtml(message, viewer)}</li>`
  );
}

export function MessageItem({ message, ...look }: MessageLook & { message: Message }) {
  return raw(messageHtml(message, look));
}
