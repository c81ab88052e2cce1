/** API: sending, the readable pages, and the room's events in order. */
import { z } from "zod";
import { memberAccess } from "#domain/access-room.ts";
import { withGrownTexts } from "#domain/grown-texts.ts";
import { parseDraftIds } from "#domain/ids.ts";
import { readEventsOn, readMessages } from "#domain/read-history.ts";
import { eventPage, messageInput, messagePage, sent } from "../../api/message-schemas.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { defaultEventPage, limitParam, maxAnswerBytes, maxEventPage, offsetParam } from "../../api/query.ts";
import { livePosition, messageShape, notHereOf } from "../../api/shapes.ts";
import type { Parts } from "../../app-env.ts";
import { send } from "../../send.ts";
import { noMember, noRoom, roomId } from "./rooms.ts";

export function messageOperations(parts: Parts): readonly Operation[] {
  const { ports } = parts;
  return [
    operation(
      {
        id: "postMessage",
        method: "post",
        path: "/rooms/{id}/messages",
        tag: "messages",
        summary: "Send a message",
        more: "The answer comes once the message is durable. With an id of your own you may send it again until you have an answer: it stays one message.",
        access: "messages:write",
        params: { id: roomId },
        body: messageInput,
        answers: {
          201: { means: "Posted.", schema: sent },
          200: { means: "This id was posted before: nothing new happened.", schema: sent },
        },
        refusals: { 403: noMember, 404: noRoom, 409: "The id stands for something else." },
      },
      async ({ caller, param, body: { text, resend, ...ids } }) => {
        const posted = await send(parts, caller.user, { room: param("id"), text, resend, ...parseDraftIds(ids) });
        return give(posted.fresh ? 201 : 200, { id: posted.id, ...notHereOf(posted) });
      },
    ),
    operation(
      {
        id: "listMessages",
        method: "get",
        path: "/rooms/{id}/messages",
        tag: "messages",
        summary: "Read messages, from the newest back",
        access: "messages:read",
        params: { id: roomId },
        query: z.object({ before: offsetParam("Only messages before this offset."), limit: limitParam() }),
        answers: { 200: { means: "A page of messages, newest last.", schema: messagePage } },
        refusals: { 403: noMember, 404: noRoom },
        etag: true,
      },
      async ({ caller, param, query: { before, limit } }) => {
        const { room } = await memberAccess(ports, caller.user, param("id"));
        const window = { limit: limit + 1, maxBytes: maxAnswerBytes, ...(before === undefined ? {} : { before }) };
        const found = await readMessages(ports, room, window);
        const items = await withGrownTexts(ports, found.items.slice(-limit));
        const next = found.isFull ? (items[0]?.offset ?? null) : null;
        return give(200, { items: items.map(messageShape), epoch: (await livePosition(ports, room)).epoch, next });
      },
    ),
    operation(
      {
        id: "listEvents",
        method: "get",
        path: "/rooms/{id}/events",
        tag: "messages",
        summary: "Read everything that happened, in order",
        more: "From any offset on, complete and without holes within an epoch. For following a room live there is the WebSocket.",
        access: "messages:read",
        params: { id: roomId },
        query: z.object({
          after: offsetParam("Only events after this offset."),
          limit: limitParam(defaultEventPage, maxEventPage),
        }),
        answers: { 200: { means: "A page of events.", schema: eventPage } },
        refusals: { 403: noMember, 404: noRoom },
        etag: true,
      },
      async ({ caller, param, query: { after = 0, limit } }) => {
        const { room } = await memberAccess(ports, caller.user, param("id"));
        const run = await readEventsOn(ports, room, after, limit, maxAnswerBytes);
        const { epoch, offset } = await livePosition(ports, room);
        const last = run.events.at(-1)?.offset ?? after;
        return give(200, { items: run.events, epoch, offset, next: last < offset ? last : null });
      },
    ),
  ];
}
