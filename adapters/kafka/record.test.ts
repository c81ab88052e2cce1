/** Events come back from a record as they were; whatever else a topic may hold is refused with its reason. */
import { expect, test } from "bun:test";
import type { EventBody, LoggedEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import { maxLevel } from "#domain/levels.ts";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import {
  decodeEvent,
  encodeEvent,
  type IncomingRecord,
  levelHeader,
  maxExtBytes,
  requestIdHeader,
  requestOf,
} from "./record.ts";

const bodies: EventBody[] = [
  { type: "room.created", name: "Lobby" },
  { type: "room.topic-changed", topic: "" },
  { type: "member.joined", member: samplePerson("Ada") },
  { type: "member.left", member: samplePerson("Ada") },
  { type: "message.posted", text: "Grüße 👩‍🚀\u0000 \ud800", mentions: [samplePerson().id] },
  { type: "message.posted", text: "@ana_", mentions: [samplePerson().id], named: ["ana_"] },
  { type: "message.posted", text: "", mentions: [], answer: { ...about(), state: "growing" } },
  { type: "message.posted", text: "yes", mentions: [], replyTo: quote() },
  { type: "message.edited", message: newId(), text: "more", mentions: [], answer: { ...about(), state: "complete" } },
  { type: "message.deleted", message: newId() },
  { type: "reaction.added", message: newId(), emoji: "👩‍🚀" },
  { type: "reaction.removed", message: newId(), emoji: "❤️" },
  { type: "event.discarded" },
];

function newId(): EventId {
  return Bun.randomUUIDv7() as EventId;
}

function about() {
  return { question: newId(), asker: samplePerson().id };
}

function quote() {
  return { id: newId(), offset: 7, author: samplePerson(), text: "first" };
}

function eventWith(body: EventBody): LoggedEvent {
  const id = Bun.randomUUIDv7() as EventId;
  return { id, room: sampleRoom(), author: samplePerson(), at: new Date().toISOString(), ...body };
}

function incoming(event: unknown, change: Partial<IncomingRecord> = {}): IncomingRecord {
  const key = Buffer.from((event as LoggedEvent)?.room ?? "");
  return { key, value: Buffer.from(JSON.stringify(event)), headers: { [levelHeader]: Buffer.from("1") }, ...change };
}

test.each(bodies)("an event comes back as it was: $type", (body) => {
  const event = eventWith(body);
  const { key, value, headers } = encodeEvent(event, "r-1");
  expect(key).toBe(event.room);
  expect(headers[requestIdHeader]).toBe("r-1");
  const decoded = decodeEvent({ key: Buffer.from(key), value, headers });
  expect(decoded).toEqual(event);
  expect(requestOf(decoded)).toBe("r-1");
});

const reacted = eventWith({ type: "reaction.added", message: newId(), emoji: "👍" });
const post = samplePost(sampleRoom(), "hello");
const { at: _, ...timeless } = post;

test.each([
  ["that says no level", incoming(post, { headers: {} }), 'its level is ""'],
  [
    "of a level that nobody writes",
    incoming(post, { headers: { [levelHeader]: "2" } }),
    "its level is 2, and nobody writes that",
  ],
  [
    "of a level that is none any more",
    incoming(post, { headers: { [levelHeader]: `${maxLevel + 1}` } }),
    'its level is "1000000"',
  ],
  ["of the highest", incoming(post, { headers: { [levelHeader]: `${maxLevel}` } }), "its level is 999999, and nobody"],
  ["of no level", incoming(post, { headers: { [levelHeader]: "01" } }), 'its level is "01"'],
  ["of another level inside", incoming({ ...post, level: 2 }), "its level is 1 outside and 2 inside"],
  [
    "with more beside it than is passed on",
    incoming({ ...post, ext: { more: "x".repeat(maxExtBytes) } }),
    'its "ext" is not what message.posted has',
  ],
  ["empty", incoming(post, { value: null }), "it is empty"],
  ["no JSON", incoming(post, { value: Buffer.from("{") }), "it is not JSON"],
  ["no UTF-8", incoming(post, { value: Buffer.from([0x22, 0xff, 0x22]) }), "it is not JSON"],
  ["no object", incoming([post]), "it is not an object"],
  ["null", incoming(null), "it is not an object"],
  ["of no type", incoming({ ...post, type: undefined }), "its type is undefined"],
  ["of an unknown type", incoming({ ...post, type: "toString" }), 'its type is "toString"'],
  ["of another room's key", incoming(post, { key: Buffer.from(sampleRoom()) }), "its key is not its room"],
  ["without a key", incoming(post, { key: null }), "its key is not its room"],
  ["without its time", incoming(timeless), 'its "at" is not what message.posted has'],
  ["of no day", incoming({ ...post, at: "2026-13-45T00:00:00.000Z" }), 'its "at" is not what message.posted has'],
  ["with a local time", incoming({ ...post, at: "2026-01-01T00:00:00+01:00" }), '"at"'],
  ["with a random id", incoming({ ...post, id: crypto.randomUUID() }), 'its "id"'],
  ["with an author of other fields", incoming({ ...post, author: { ...post.author, x: 1 } }), 'its "author"'],
  ["with a text that is none", incoming({ ...post, text: 7 }), 'its "text"'],
  ["with mentions of no one", incoming({ ...post, mentions: ["x"] }), 'its "mentions"'],
  ["with names that are none", incoming({ ...post, named: [7] }), 'its "named"'],
  ["with an answer of no state", incoming({ ...post, answer: { ...about(), state: "x" } }), 'its "answer"'],
  ["with an answer of other fields", incoming({ ...post, answer: { ...about(), state: "failed", x: 1 } }), '"answer"'],
  ["with a quote of nobody", incoming({ ...post, replyTo: { ...quote(), author: { name: "Ada" } } }), 'its "replyTo"'],
  ["with a quote of no place", incoming({ ...post, replyTo: { ...quote(), offset: "7" } }), 'its "replyTo"'],
  ["with a quote of other fields", incoming({ ...post, replyTo: { ...quote(), x: 1 } }), 'its "replyTo"'],
  ["with an emoji that is none", incoming({ ...reacted, emoji: "" }), 'its "emoji" is not what reaction.added has'],
  ["with an endless emoji", incoming({ ...reacted, emoji: "👍".repeat(17) }), 'its "emoji"'],
  ["with a reaction to nothing", incoming({ ...reacted, message: undefined }), 'its "message"'],
  ["with more than it should have", incoming({ ...post, admin: true }), 'message.posted has no "admin"'],
  ["that reaches for the prototype", incoming(JSON.parse(`{"__proto__":1,${JSON.stringify(post).slice(1)}`)), "has no"],
])("a record %s is refused", (_name, record, reason) => {
  expect(() => decodeEvent(record)).toThrow(reason);
});

test.each([[undefined], [""], ["x".repeat(65)], ["a b"], ['"}\n{"level":"error"']])(
  "a record may name no request, or nonsense: %p",
  (header) => {
    const headers = { [levelHeader]: "1", ...(header === undefined ? {} : { [requestIdHeader]: header }) };
    expect(requestOf(decodeEvent(incoming(post, { headers })))).toBeUndefined();
  },
);
