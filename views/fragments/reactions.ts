/** The reactions below a message: chips that count, and that a press joins or leaves. One plain form for all of them. */
import type { UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { escapeHtml } from "../escape.ts";

/** @param viewer absent in live frames, which are the same for everybody: browser code marks one's own */
export function reactionsHtml({ id, room, reactions = [] }: Message, viewer?: UserId): string {
  if (reactions.length === 0) return "";
  const chips = reactions.map(({ emoji, users }) => {
    const pressed = viewer === undefined ? "" : ` aria-pressed="${users.includes(viewer)}"`;
    const value = escapeHtml(emoji);
    return `<button name="emoji" value="${value}"${pressed} data-users="${escapeHtml(users.join(" "))}">${value} <b>${users.length}</b></button>`;
  });
  return `<form class="reactions" method="post" action="/rooms/${room}/messages/${id}/reactions">${chips.join("")}</form>`;
}
