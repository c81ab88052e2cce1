import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { type Quote, quoteOf } from "#domain/quote.ts";
import type { HistoryPorts } from "#domain/read-history.ts";
import type { Room } from "#domain/room.ts";
import { readContext } from "./context.ts";

const room = { id: "r" as RoomId, epoch: "e", offset: 0 } as Room;
const ana = { id: "ana" as UserId, name: "ana" };
let offset = 0;

function said(text: string, replyTo?: Quote): Message {
  offset += 1;
  const message = { id: `m${offset}` as EventId, room: room.id, offset, author: ana, text, mentions: [] };
  return { ...message, at: new Date(0).toISOString(), ...(replyTo && { replyTo }) };
}

const away = async () => {
  throw unavailable("Away.");
};

/** A room of which only what is stored is known. Undefined: it can't be read. */
function portsWith(recent: readonly Message[] | undefined, chain: readonly Message[] | undefined): HistoryPorts {
  const events = { messages: recent ? async () => recent : away, chain: chain ? async () => chain : away };
  return {
    events,
    stream: { head: async () => ({ offset: 0 }), tail: async () => undefined, deletions: async () => [] },
  } as never;
}

const old = said("as it was");
const quote = quoteOf(old);
const question = said("why?", quote);
const later = Array.from({ length: 30 }, (_, n) => said(`later ${n}`));

test("a question that others have talked past quotes what it answers as that reads now", async () => {
  const now = { ...old, text: "as it is" };
  const { messages, answered } = await readContext(portsWith(later, [now]), room, question);
  expect(messages.at(-1)).toEqual({ ...question, replyTo: { ...quote, text: "as it is" } });
  expect(answered).toEqual([now]);
});

test("what can't be read, or is gone by now, is not quoted from the question's own words", async () => {
  const { replyTo: _, ...alone } = question;
  expect(await readContext(portsWith(later, []), room, question)).toEqual({
    messages: [...later, alone],
    answered: [],
  });
  expect(await readContext(portsWith(undefined, undefined), room, question)).toEqual({
    messages: [alone],
    answered: [],
  });
});

test("what runs in a circle ends, and no question answers itself", async () => {
  const circle = { ...old, replyTo: quoteOf(question) };
  const { messages, answered } = await readContext(portsWith([circle, question], [circle, question]), room, question);
  expect(messages).toEqual([circle, question]);
  expect(answered.map(({ id }) => id)).not.toContain(question.id);
  expect(answered.length).toBeLessThan(8);
});
