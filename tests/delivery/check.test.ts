/** The checker finds every kind of broken promise: each is made up here, in a history that is otherwise right. */
import { expect, test } from "bun:test";
import { check, ruleNames } from "./check.ts";
import type { History, Reader, Send, Shown, StoredEvent } from "./history.ts";

const startedAt = 1_800_000_000_000;
const room = "room-1";
const anas = "user-ana";
const emptiedAt = startedAt + 10_000;
/** Where the second epoch begins. */
const second = (emptiedAt + 300) * 1_000;

/** Messages 2 to 5 after the room's creation, Redis emptied, then three more. */
function goodHistory(): History & { sends: Send[]; stored: StoredEvent[] } {
  const offsets = [1, 2, 3, 4, 5, second + 1, second + 2, second + 3];
  const stored = offsets.map((offset, n): StoredEvent => {
    const type = n === 0 ? "room.created" : "message.posted";
    const at = offset > second ? emptiedAt + 1_000 + n : startedAt + n * 100;
    return { room, offset, id: `id-${n}`, type, author: anas, at, text: n === 0 ? "" : `w ${n}` };
  });
  const posted = stored.slice(1);
  const sends = posted.map(({ id, text, at }): Send => {
    return { id, room, author: anas, text, by: "w", firstTriedAt: at, tries: 1, ackedAt: at + 5 };
  });
  return {
    startedAt,
    rooms: [room],
    sends,
    readers: [reader("one"), reader("two")],
    leaks: [],
    lives: [emptiedAt],
    unordered: [],
    poisons: ["poison-1"],
    stored,
    messages: posted.map(({ id, offset, text }) => ({ id, room, offset, text })),
    api: new Map([[room, stored]]),
    log: [...stored.map(({ id }, n) => ({ partition: 0, offset: n, key: room, id })), poisonRecord],
    positions: [{ partition: 0, stored: 9, end: 9 }],
    deadLetters: [{ text: '{"id":"poison-1"}', reason: "no event" }],
  };
}

const poisonRecord = { partition: 0, offset: 8, key: room, id: "poison-1" };
const mark = (offset: number, n: number) => ({ offset, id: n === 0 ? "" : `id-${n}` });
const firstEpoch = [1, 2, 3, 4, 5].map(mark);
const all = [...firstEpoch, mark(second + 1, 5), mark(second + 2, 6), mark(second + 3, 7)];

function live(epoch: string, from: number, ids: readonly number[]): Shown {
  const messages = ids.map((n, at) => ({ offset: from + at, id: `id-${n}` }));
  return { type: "live", epoch, from, to: from + ids.length - 1, messages };
}

const story: readonly Shown[] = [
  { type: "read", epoch: "a", events: firstEpoch.slice(0, 2) },
  live("a", 3, [2, 3]),
  live("a", 5, [4]),
  { type: "reset" },
  { type: "read", epoch: "b", events: all.slice(0, 6) },
  live("b", second + 2, [6, 7]),
];

function reader(name: string, shown = story): Reader {
  return { name, room, shown };
}

const rulesBroken = (history: History) => [...new Set(check(history).map(({ rule }) => rule))];

test("a history as it should be breaks nothing", () => {
  expect(check(goodHistory())).toEqual([]);
});

const last = (history: History) => history.stored.at(-1) as StoredEvent;
const without = (history: History, id: string): History => ({
  ...history,
  stored: history.stored.filter((row) => row.id !== id),
  messages: history.messages.filter((row) => row.id !== id),
  api: new Map([[room, history.stored.filter((row) => row.id !== id)]]),
});
const told = (shown: readonly Shown[]) => (history: History) => ({ ...history, readers: [reader("one", shown)] });
const replaced = (at: number, ...by: Shown[]) => told(story.toSpliced(at, 1, ...by));

function asked(history: History): History {
  return { ...history, sends: history.sends.with(-1, { ...(history.sends.at(-1) as Send), text: "@superchat why" }) };
}

function withAnswers(history: History, types: readonly string[]): History {
  const answers = types.map((type, n): StoredEvent => {
    const [id, offset, question] = [`answer-${n}`, second + 4 + n, last(history).id];
    const ends = type === "refused" || type === "message.edited";
    const said = type === "refused" ? "message.posted" : type;
    return { ...last(history), id, offset, type: said, text: "", question, grows: !ends };
  });
  return { ...history, stored: [...history.stored, ...answers] };
}

const broken: readonly [what: string, rule: string, (history: ReturnType<typeof goodHistory>) => History][] = [
  [
    "an acked event is nowhere",
    "acked is stored once",
    (h) => ({ ...without(h, "id-7"), log: h.log.filter(({ id }) => id !== "id-7") }),
  ],
  [
    "an acked event is stored twice",
    "acked is stored once",
    (h) => ({ ...h, stored: [...h.stored, { ...last(h), offset: second + 4 }] }),
  ],
  [
    "an acked event is stored in another room",
    "acked is stored once",
    (h) => ({ ...h, stored: h.stored.with(-1, { ...last(h), room: "room-2" }) }),
  ],
  [
    "an acked event is stored with another text",
    "acked is stored once",
    (h) => ({ ...h, stored: h.stored.with(-1, { ...last(h), text: "w 1" }) }),
  ],
  [
    "an acked event was discarded",
    "acked is stored once",
    (h) => ({ ...h, stored: h.stored.with(-1, { ...last(h), type: "event.discarded" }) }),
  ],
  [
    "the API lacks an acked event",
    "acked is in the API once",
    (h) => ({ ...h, api: new Map([[room, h.stored.slice(0, -1)]]) }),
  ],
  [
    "the API has an acked event twice",
    "acked is in the API once",
    (h) => ({ ...h, api: new Map([[room, [...h.stored, last(h)]]]) }),
  ],
  [
    "the API has another order",
    "the API says what is stored",
    (h) => ({ ...h, api: new Map([[room, h.stored.toReversed()]]) }),
  ],
  ["a message is not in the projection", "messages are their events", (h) => ({ ...h, messages: h.messages.slice(1) })],
  [
    "a message stands elsewhere than its event",
    "messages are their events",
    (h) => ({ ...h, messages: h.messages.map((row, n) => (n === 2 ? { ...row, offset: 9 } : row)) }),
  ],
  [
    "a logged event that nobody had an ack for is lost",
    "logged is stored once",
    (h) => ({ ...h, log: [...h.log, { partition: 0, offset: 9, key: room, id: "id-8" }] }),
  ],
  [
    "the store did not read to the end",
    "logged is stored once",
    (h) => ({ ...h, positions: [{ partition: 0, stored: 8, end: 9 }] }),
  ],
  [
    "the store has read past the end",
    "logged is stored once",
    (h) => ({ ...h, positions: [{ partition: 0, stored: 10, end: 9 }] }),
  ],
  ["an offset is missing in the newest epoch", "offsets have no holes", (h) => without(h, "id-6")],
  [
    "an offset is missing in the first epoch, long before it ended",
    "offsets have no holes",
    (h) => ({ ...without(h, "id-2"), lives: [emptiedAt + 300_000] }),
  ],
  ["the first offset is missing", "offsets have no holes", (h) => ({ ...without(h, "id-0"), lives: [] })],
  ["an epoch begins although nothing was lost", "offsets have no holes", (h) => ({ ...h, lives: [] })],
  [
    "two events have one offset",
    "offsets have no holes",
    (h) => ({ ...h, stored: h.stored.with(3, { ...(h.stored[3] as StoredEvent), offset: 3 }) }),
  ],
  ["a room is empty", "offsets have no holes", (h) => ({ ...h, rooms: [room, "room-2"] })],
  [
    "two messages changed places",
    "later is later",
    (h) => ({
      ...h,
      sends: h.sends.with(1, { ...(h.sends[1] as Send), firstTriedAt: startedAt, ackedAt: startedAt + 1 }),
    }),
  ],
  ["a reader was not shown an event", "readers see it all, once, in order", replaced(1, live("a", 4, [3]))],
  [
    "a reader was shown an event twice",
    "readers see it all, once, in order",
    replaced(2, live("a", 4, [3]), live("a", 5, [4])),
  ],
  [
    "a reader was shown another event",
    "readers see it all, once, in order",
    replaced(5, live("b", second + 2, [6, 6])),
  ],
  ["a reader was not shown the end", "readers see it all, once, in order", replaced(5, live("b", second + 2, [6]))],
  [
    "a message is missing from a frame",
    "readers see it all, once, in order",
    replaced(5, { ...(story[5] as Shown & { type: "live" }), messages: [{ offset: second + 2, id: "id-6" }] }),
  ],
  [
    "a reader goes on after a reset without reading",
    "readers see it all, once, in order",
    (h) => told(story.toSpliced(4, 1))(h),
  ],
  [
    "another epoch begins without a reset",
    "readers see it all, once, in order",
    (h) => told(story.toSpliced(3, 1).toSpliced(3, 1))(h),
  ],
  [
    "a reading has a hole",
    "readers see it all, once, in order",
    replaced(0, { type: "read", epoch: "a", events: [mark(1, 0), mark(3, 2)] }),
  ],
  [
    "two readers were shown different events",
    "readers see it all, once, in order",
    (h) => ({ ...h, readers: [reader("one"), reader("two", story.with(2, live("a", 5, [9])))] }),
  ],
  [
    "a reader who left is shown more",
    "readers see it all, once, in order",
    (h) => ({ ...h, readers: [{ ...reader("leaver"), leftWith: "id-5" }] }),
  ],
  [
    "an event is shown that is not logged",
    "nothing is live that is not logged",
    (h) => ({ ...h, log: h.log.filter(({ id }) => id !== "id-3") }),
  ],
  ["an event is stored that nobody sent", "only what was sent is there", (h) => ({ ...h, sends: h.sends.slice(1) })],
  [
    "what was refused is stored",
    "only what was sent is there",
    (h) => ({ ...h, sends: h.sends.with(0, { ...(h.sends[0] as Send), refused: "forbidden" }) }),
  ],
  ["a question has no answer", "a question is answered once", asked],
  [
    "a question has two answers",
    "a question is answered once",
    (h) => withAnswers(asked(h), ["message.posted", "message.posted", "message.edited"]),
  ],
  [
    "a refusal is answered after all",
    "a question is answered once",
    (h) => withAnswers(asked(h), ["refused", "message.edited"]),
  ],
  ["an answer does not end", "a question is answered once", (h) => withAnswers(asked(h), ["message.posted"])],
  [
    "an edited message reads as before",
    "messages are their events",
    (h) => ({
      ...h,
      stored: [
        ...h.stored,
        { ...last(h), id: "edit", offset: second + 4, type: "message.edited", edits: { message: "id-3", text: "new" } },
      ],
    }),
  ],
  ["a poison record is gone", "poison is put aside", (h) => ({ ...h, deadLetters: [] })],
  [
    "a poison record has no reason",
    "poison is put aside",
    (h) => ({ ...h, deadLetters: [{ text: "poison-1", reason: "" }] }),
  ],
  [
    "a poison record is a message",
    "poison is put aside",
    (h) => ({ ...h, stored: h.stored.with(-1, { ...last(h), id: "poison-1" }) }),
  ],
  [
    "an outsider saw something",
    "outside nobody sees anything",
    (h) => ({ ...h, leaks: [{ who: "eve", room, what: "a frame" }] }),
  ],
];

test.each(broken)("%s", (_, rule, change) => {
  expect(rulesBroken(change(goodHistory()))).toContain(rule);
});

test("every rule is tried", () => {
  expect(ruleNames.filter((name) => !broken.some(([, rule]) => rule === name))).toEqual([]);
});

test("what was numbered anew leaves a hole in the epoch that ended, and only there", () => {
  const history = without(goodHistory(), "id-3");
  const offsets = (h: History) => check(h).filter(({ rule }) => rule === "offsets have no holes");
  expect(offsets(history)).toEqual([]);
  expect(offsets({ ...history, lives: [] })).not.toEqual([]);
});

test("somebody who left and saw nothing later is right", () => {
  const shown = story.slice(0, 3);
  expect(check({ ...goodHistory(), readers: [{ ...reader("leaver", shown), leftWith: "id-4" }] })).toEqual([]);
});

test.each([{ answer: ["message.posted", "message.edited"] }, { answer: ["refused"] }])(
  "a question with one answer that ended is right: $answer",
  ({ answer }) => {
    const history = withAnswers(asked(goodHistory()), answer);
    expect(rulesBroken(history)).not.toContain("a question is answered once");
    expect(rulesBroken(history)).not.toContain("only what was sent is there");
  },
);

test("where Redis and a gateway fail together, order is not promised", () => {
  const history = goodHistory();
  const early = { ...(history.sends[1] as Send), firstTriedAt: startedAt, ackedAt: startedAt + 1 };
  const changed = { ...history, sends: history.sends.with(1, early) };
  expect(check({ ...changed, unordered: [{ from: startedAt, to: startedAt + 2 }] })).toEqual([]);
});
