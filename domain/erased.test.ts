import { describe, expect, test } from "bun:test";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { deletionsAmong, erased, erasedAmong } from "./erased.ts";
import type { EventBody, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { entriesAmong } from "./message-changes.ts";
import type { Author } from "./user.ts";

const [ada, bob] = [samplePerson("Ada"), samplePerson("Bob")];
const room = sampleRoom();
const id = () => Bun.randomUUIDv7() as EventId;

function event(author: Author, body: EventBody, offset = 1): RoomEvent {
  return { id: id(), room, author, at: new Date(offset).toISOString(), offset, ...body };
}

const secret = "xyzzy";
const posted = event(ada, {
  ...{ type: "message.posted", text: secret, mentions: [bob.id], named: [secret] },
  answer: { question: id(), asker: bob.id, state: "complete" },
  replyTo: { id: id(), offset: 1, author: bob, text: secret },
});
const edit = (by: Author) =>
  event(by, { type: "message.edited", message: posted.id, text: secret, mentions: [bob.id], named: [secret] });
const quote = { id: posted.id, offset: posted.offset, author: ada, text: secret };
const reply = event(bob, { type: "message.posted", text: "yes", mentions: [ada.id], replyTo: quote });
const deletion = (by: Author, message = posted.id) => event(by, { type: "message.deleted", message });

const after = (one: RoomEvent, ...deletions: readonly RoomEvent[]) => erased(one, deletionsAmong(deletions));

describe("after its message was deleted", () => {
  test("what was posted keeps its place and who answered what, and nothing that anybody wrote", () => {
    const { id, room, author, at, offset } = posted;
    const { answer } = posted as Extract<RoomEvent, { type: "message.posted" }>;
    const kept = { id, room, author, at, offset, type: "message.posted", answer } as const;
    expect(after(posted, deletion(ada))).toEqual({ ...kept, answer: answer!, text: "", mentions: [], deleted: true });
  });

  test("an edit says which message it changed, and nothing of what it said", () => {
    const one = edit(ada);
    const { id, room, author, at, offset } = one;
    const kept = { id, room, author, at, offset, type: "message.edited", message: posted.id } as const;
    expect(after(one, deletion(ada))).toEqual({ ...kept, text: "", mentions: [], deleted: true });
  });

  test("what a later version may add to an event goes with it", () => {
    const later = { ...posted, ...{ ext: { title: secret } } };
    expect(JSON.stringify(after(later, deletion(ada)))).not.toContain(secret);
  });

  test("a reply keeps its own words and shows that what it answers is gone", () => {
    const gone = { ...quote, text: "", deleted: true };
    expect(after(reply, deletion(ada))).toEqual({ ...reply, replyTo: gone } as RoomEvent);
  });
});

describe("nothing changes", () => {
  test.each([
    ["by a deletion that does not count", deletion(bob)],
    ["by a deletion of another message", deletion(ada, id())],
    ["by an edit", edit(ada)],
    ["by a reaction", event(ada, { type: "reaction.added", message: posted.id, emoji: "👍" })],
  ])("%s", (_, other) => {
    for (const one of [posted, edit(ada), reply]) expect(after(one, other)).toBe(one);
  });

  test("about events without words of the message, nor without deletions", () => {
    const others = [deletion(ada), event(ada, { type: "member.joined", member: ada }), samplePost(room, "other")];
    for (const one of others) expect(after(one as RoomEvent, deletion(ada))).toBe(one as RoomEvent);
    const events = [posted, edit(ada), reply];
    expect(erasedAmong(events)).toBe(events);
  });
});

/** Any talk of two: every message and every edit has a word of its own, and what is said of others quotes them. */
function anyTalk(random: () => number) {
  const events: RoomEvent[] = [];
  const words = new Map<EventId, string[]>();
  const pick = <T>(among: readonly T[]) => among[Math.floor(random() * among.length)] as T;
  const messages = () => events.filter((one) => one.type === "message.posted");
  for (let offset = 1; offset <= 30; offset++) {
    const author = pick([ada, bob]);
    const word = `w${offset}w`;
    const [of, kind] = [pick(messages()), random()];
    if (of === undefined || kind < 0.4) {
      const said = of && `${words.get(of.id)?.at(-1)}`;
      const replyTo = of && said && { id: of.id, offset: of.offset, author: of.author, text: said };
      const one = event(
        author,
        { type: "message.posted", text: word, mentions: [], ...(replyTo && { replyTo }) },
        offset,
      );
      words.set(one.id, [word]);
      events.push(one);
    } else if (kind < 0.7) {
      events.push(event(author, { type: "message.edited", message: of.id, text: word, mentions: [] }, offset));
      if (author.id === of.author.id) words.get(of.id)?.push(word);
    } else events.push(event(author, { type: "message.deleted", message: of.id }, offset));
  }
  return { events, words };
}

test("of any talk the words of what is deleted are gone, everything else stands where it stood, and it reads the same", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let round = 0; round < 300; round++) {
    const { events, words } = anyTalk(random);
    const left = erasedAmong(events);
    const text = JSON.stringify(left);
    const place = ({ id, room, author, at, offset, type }: RoomEvent) => ({ id, room, author, at, offset, type });
    expect(left.map(place)).toEqual(events.map(place));
    for (const one of events) {
      if (one.type !== "message.posted") continue;
      const isDeleted = events.some(
        (other) => other.type === "message.deleted" && other.message === one.id && other.author.id === one.author.id,
      );
      if (isDeleted) for (const word of words.get(one.id) ?? []) expect(text).not.toContain(word);
      else expect(text).toContain((words.get(one.id) ?? [])[0]!);
    }
    expect(erasedAmong(left)).toEqual(left);
    // Also to who was given the events up to anywhere with their words, and comes back.
    expect(withoutEditTimes(entriesAmong(left))).toEqual(withoutEditTimes(entriesAmong(events)));
  }
});

function withoutEditTimes(entries: ReturnType<typeof entriesAmong>) {
  return entries.map((entry) =>
    entry.kind === "message" && entry.message.deleted ? { ...entry.message, editedAt: undefined } : entry,
  );
}
