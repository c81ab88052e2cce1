import { describe, expect, test } from "bun:test";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { unavailable } from "./errors.ts";
import type { EventOf, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { thisBuild } from "./levels.ts";
import { messageOf, offsetOf, timelineEntryOf } from "./message.ts";
import type { OffsetWindow } from "./ports/index.ts";
import {
  type HistoryPorts,
  readEvents,
  readEventsBefore,
  readEventsOn,
  readMessages,
  readTimeline,
} from "./read-history.ts";
import type { Room } from "./room.ts";
import { eventBytes, firstWithin } from "./sizes.ts";

const id = sampleRoom();
const room = { id, epoch: "e" } as Room;
const eventAt = (offset: number): RoomEvent => ({ ...samplePost(id, `at ${offset}`), offset });

/** A store that has these offsets, and a tail that goes back to what follows an offset. */
function portsWith(stored: readonly number[], tailAfter: number, newest: number): HistoryPorts {
  const tail: HistoryPorts["stream"]["tail"] = async (_, after, limit, { maxBytes } = {}) => {
    if (after < tailAfter) return undefined;
    const offsets = Array.from({ length: Math.max(0, newest - after) }, (_each, n) => after + 1 + n);
    return { room: id, epoch: "e", events: firstWithin(offsets.slice(0, limit).map(eventAt), eventBytes, maxBytes) };
  };
  const events = async (_: unknown, { after = 0, limit }: { after?: number; limit: number }) =>
    stored
      .filter((offset) => offset > after)
      .slice(0, limit)
      .map(eventAt);
  return { stream: { tail, deletions: async () => [] }, events: { events } } as unknown as HistoryPorts;
}

async function offsetsRead(ports: HistoryPorts, after: number, limit: number): Promise<readonly number[]> {
  return (await readEvents(ports, room, after, limit)).events.map(({ offset }) => offset);
}

test("what was published and is not stored yet is read in its place, also between stored events", async () => {
  expect(await offsetsRead(portsWith([1, 2, 3, 5, 7], 2, 8), 0, 100)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a page ends at its limit all the same", async () => {
  expect(await offsetsRead(portsWith([1, 2, 3, 5, 7], 2, 8), 0, 5)).toEqual([1, 2, 3, 4, 5]);
});

test("where an epoch ended there is nothing to fill", async () => {
  expect(await offsetsRead(portsWith([1, 2, 1_000, 1_001], 999, 1_002), 0, 100)).toEqual([1, 2, 1_000, 1_001, 1_002]);
});

test("both at once: the hole of this epoch is filled, the end of the one before is kept", async () => {
  expect(await offsetsRead(portsWith([1, 2, 1_000, 1_002], 999, 1_003), 0, 100)).toEqual([
    1, 2, 1_000, 1_001, 1_002, 1_003,
  ]);
});

test("what fills a hole is read within the budget as well", async () => {
  const maxBytes = 3 * eventBytes(eventAt(2));
  const { events } = await readEvents(portsWith([1, 3, 4], 1, 50), room, 0, 100, maxBytes);
  expect(events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
});

function pagesWith(stored: readonly number[], tailAfter: number, newest: number): HistoryPorts {
  const ports = portsWith(stored, tailAfter, newest);
  const messages = async (_: unknown, { limit, before = Number.POSITIVE_INFINITY }: OffsetWindow) =>
    stored
      .filter((offset) => offset < before)
      .slice(-limit)
      .map((offset) => messageOf(eventAt(offset) as EventOf<"message.posted">));
  return { ...ports, events: { ...ports.events, messages } };
}

const shownOn = async (ports: HistoryPorts, limit: number, before?: number) => {
  const window = before === undefined ? { limit } : { limit, before };
  return (await readMessages(ports, { ...room, offset: 0 }, window)).items.map(({ offset }) => offset);
};

test("an older page shows what is not stored yet, too, and nothing past its end", async () => {
  const ports = pagesWith([1, 8, 9], 0, 12);
  expect(await shownOn(ports, 5)).toEqual([8, 9, 10, 11, 12]);
  expect(await shownOn(ports, 5, 8)).toEqual([3, 4, 5, 6, 7]);
  expect(await shownOn(ports, 5, 3)).toEqual([1, 2]);
});

test("a page of what was stored long ago asks the stream for deletions alone", async () => {
  const ports = pagesWith([1, 2, 3], 0, 200);
  const tail = () => Promise.reject(new Error("asked"));
  const stream = { tail, deletions: async () => [] } as unknown as HistoryPorts["stream"];
  const read = readMessages({ ...ports, stream }, { ...room, offset: 100 }, { limit: 2, before: 3 });
  expect((await read).items.map(({ offset }) => offset)).toEqual([1, 2]);
});

test("a page shows what stands between stored messages and is not stored yet", async () => {
  expect(await shownOn(pagesWith([1, 2, 3, 5, 7], 2, 8), 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await shownOn(pagesWith([1, 2, 3, 5, 7], 2, 8), 3)).toEqual([6, 7, 8]);
  expect(await shownOn(pagesWith([5, 7], 0, 8), 2)).toEqual([7, 8]);
});

test("a store that is whole is asked for nothing that it has; the rest comes from the stream, later changes included", async () => {
  const ports = portsWith([], 0, 70);
  const asked: number[] = [];
  const stored = Array.from({ length: 60 }, (_, n) => messageOf(eventAt(n + 1) as EventOf<"message.posted">));
  const entries = stored.map((message) => ({ kind: "message", message }) as const);
  const [newest] = stored.slice(-1);
  const gone = {
    ...samplePost(id, ""),
    type: "message.deleted",
    author: newest?.author,
    message: newest?.id,
    offset: 71,
  };
  const tail: HistoryPorts["stream"]["tail"] = async (room, after, limit, { known = [] } = {}) => {
    asked.push(after, ...known);
    const run = await ports.stream.tail(room, after, limit);
    return run && { ...run, events: [...run.events, gone as unknown as RoomEvent] };
  };
  const read = async (window: OffsetWindow, wholeTo: number) => {
    const events = { timeline: async () => ({ entries: entries.slice(0, wholeTo), wholeTo }) };
    const shown = await readTimeline(
      { stream: { tail, deletions: async () => [] }, events } as unknown as HistoryPorts,
      { ...room, offset: 60 },
      window,
    );
    return shown.items.map(offsetOf);
  };
  // What stands at 61 and 62 shows nothing there.
  expect(await read({ limit: 12 }, 62)).toEqual([57, 58, 59, 60, 63, 64, 65, 66, 67, 68, 69, 70]);
  expect(asked).toEqual([62]);
  const all = {
    stream: { tail, deletions: async () => [] },
    events: { timeline: async () => ({ entries, wholeTo: 60 }) },
  } as unknown as HistoryPorts;
  const last = (await readTimeline(all, { ...room, offset: 10 }, { limit: 11 })).items.at(0);
  expect(last).toMatchObject({ message: { offset: 60, deleted: true } });
  asked.length = 0;
  await read({ limit: 12, before: 61 }, 60);
  expect(asked).toEqual([]);
});

test("a new message that is not stored yet is read, also behind more reactions than a page has messages", async () => {
  const old = { ...samplePost(id, "old"), offset: 1 } as EventOf<"message.posted">;
  const reactions = Array.from({ length: 60 }, (_, n): RoomEvent => {
    const { author, at } = old;
    const emoji = String.fromCodePoint(0x1f600 + (n % 15));
    return {
      id: `${n}` as EventId,
      room: id,
      author,
      at,
      offset: 2 + n,
      type: "reaction.added",
      message: old.id,
      emoji,
    };
  });
  const events = [old, ...reactions, eventAt(62)];
  const tail = async (_: unknown, after: number, limit: number) => ({ events: events.slice(after, after + limit) });
  const ports = {
    stream: { tail, deletions: async () => [] },
    events: { messages: async () => [messageOf(old)] },
  } as unknown as HistoryPorts;
  const read = await readMessages(ports, { ...room, offset: 1 }, { limit: 10 });
  expect(read.items.map(({ text, reactions: shown = [] }) => [text, shown.length])).toEqual([
    ["old", 15],
    ["at 62", 0],
  ]);
});

test("a page that ended with what fills it is full, also where a message on it was deleted or cut since", async () => {
  const stored = [1, 2, 3, 4].map((offset) => ({ ...samplePost(id, "x".repeat(1_000)), offset }));
  const messages = stored.map((event) => messageOf(event as EventOf<"message.posted">));
  const [, , third, fourth] = stored;
  const at = { room: id, author: fourth?.author, at: fourth?.at };
  const changes = [
    { ...at, id: "e", offset: 5, type: "message.edited", message: third?.id, text: "short", mentions: [] },
    { ...at, id: "d", offset: 6, type: "message.deleted", message: fourth?.id },
  ] as unknown as readonly RoomEvent[];
  const tail = async (_: unknown, after: number) => ({ events: changes.filter(({ offset }) => offset > after) });
  const entries = messages.map((message) => ({ kind: "message", message }) as const);
  const events = { messages: async () => messages, timeline: async () => ({ entries }) };
  const ports = { stream: { tail, deletions: async () => [] }, events } as unknown as HistoryPorts;
  const read = async (maxBytes: number) => {
    const window = { limit: 10, maxBytes };
    const pages = [
      await readTimeline(ports, { ...room, offset: 4 }, window),
      await readMessages(ports, { ...room, offset: 4 }, window),
    ];
    return pages.map(({ items, isFull }) => [items.length, isFull]);
  };
  expect(await read(4 * 1_400)).toEqual([
    [4, true],
    [4, true],
  ]);
  expect(await read(4 * 1_400 + 1)).toEqual([
    [4, false],
    [4, false],
  ]);
});

describe("what is deleted, and not in the store yet, which is far behind", () => {
  const gone = { ...samplePost(id, "xyzzy"), offset: 99 } as EventOf<"message.posted">;
  const replyTo = { id: gone.id, offset: 99, author: gone.author, text: "xyzzy" };
  const reply = { ...samplePost(id, "I see"), offset: 100, replyTo } as EventOf<"message.posted">;
  const stored = [...Array.from({ length: 98 }, (_, n) => eventAt(n + 1)), gone, reply];
  const { room: _room, ...head } = gone;
  const deletion = { ...head, room: id, id: "d" as EventId, type: "message.deleted", message: gone.id, offset: 900 };
  const fresh = Array.from({ length: 500 }, (_, n) => (n === 399 ? (deletion as never) : eventAt(501 + n)));
  const within = ({ offset }: RoomEvent, { after = 0, before = Number.POSITIVE_INFINITY }: Partial<OffsetWindow>) =>
    offset > after && offset < before;
  const found = (window: OffsetWindow) => {
    const all = stored.filter((event) => within(event, window)) as EventOf<"message.posted">[];
    return window.from === "oldest" ? all.slice(0, window.limit) : all.slice(-window.limit);
  };
  const ports = {
    stream: {
      head: async () => ({ epoch: "e", offset: 1_000 }),
      tail: async (_: unknown, after: number, limit: number) =>
        after < 500 ? undefined : { room: id, epoch: "e", events: fresh.slice(after - 500, after - 500 + limit) },
      deletions: async () => [deletion],
    },
    events: {
      events: async (_: unknown, window: OffsetWindow) => found(window),
      messages: async (_: unknown, window: OffsetWindow) => found(window).map(messageOf),
      timeline: async (_: unknown, window: OffsetWindow) => ({
        entries: found(window).map((event) => ({ kind: "message", message: messageOf(event) })),
        wholeTo: 100,
      }),
    },
  } as unknown as HistoryPorts;
  const here = { ...room, offset: 100 };

  test.each<[string, () => Promise<unknown>]>([
    ["events", () => readEvents(ports, here, 98, 2)],
    ["events to the end", () => readEvents(ports, here, 98, 500)],
    ["events backwards", () => readEventsBefore(ports, here, 101, 2)],
    ["the newest messages", () => readMessages(ports, here, { limit: 2 })],
    ["older messages", () => readMessages(ports, here, { limit: 2, before: 101 })],
    ["much older messages", () => readMessages(ports, { ...room, offset: 300 }, { limit: 2, before: 101 })],
    ["messages from the oldest on", () => readMessages(ports, here, { limit: 2, after: 98, from: "oldest" })],
    ["the newest page", () => readTimeline(ports, here, { limit: 2 })],
    ["an older page", () => readTimeline(ports, here, { limit: 2, before: 101 })],
    ["a much older page", () => readTimeline(ports, { ...room, offset: 300 }, { limit: 2, before: 101 })],
    ["a page from an offset on", () => readTimeline(ports, here, { limit: 2, after: 98, from: "oldest" })],
  ])("is told without its words: %s", async (_, read) => {
    const told = JSON.stringify(await read());
    expect(told).toContain("I see");
    expect(told).not.toContain("xyzzy");
  });

  test("also where more is not stored than a page looks at", async () => {
    const timeline = async (room: never, window: OffsetWindow) => {
      return { ...(await ports.events.timeline(room, window)), wholeTo: 600 };
    };
    const tail: HistoryPorts["stream"]["tail"] = async (...asked) => {
      const run = await ports.stream.tail(...asked);
      const events = run?.events.map((event) => ({ ...event, type: "event.discarded" }) as RoomEvent) ?? [];
      return run && { ...run, events };
    };
    const far = { stream: { ...ports.stream, tail }, events: { ...ports.events, timeline } } as HistoryPorts;
    const told = JSON.stringify(await readTimeline(far, { ...room, offset: 600 }, { limit: 2 }));
    expect(told).toContain("I see");
    expect(told).not.toContain("xyzzy");
  });

  test("also where it was stored before events of a smaller offset", async () => {
    const early = { ...(deletion as unknown as RoomEvent), offset: 101 };
    const tail = async (_: unknown, after: number) => ({ events: after < 101 ? [early] : [] });
    const read = readMessages(
      { ...ports, stream: { ...ports.stream, tail, deletions: async () => [] } as never },
      { ...room, offset: 102 },
      { limit: 2 },
    );
    expect(JSON.stringify(await read)).not.toContain("xyzzy");
  });

  test("also where it stands behind an event that a newer version made, and the page goes up to that one", async () => {
    const newer = { ...eventAt(102), level: thisBuild.reads + 1 };
    const tail = async (_: unknown, after: number) => ({
      events: [eventAt(101), newer, deletion as unknown as RoomEvent].filter(({ offset }) => offset > after),
    });
    const cut = { ...ports, stream: { ...ports.stream, tail } as unknown as HistoryPorts["stream"] };
    for (const read of [readMessages, readTimeline]) {
      const { items } = await read(cut, here, { limit: 3 });
      const told = JSON.stringify(items);
      expect(items).toHaveLength(3);
      expect(told).toContain("at 101");
      expect(told).not.toContain("xyzzy");
    }
  });

  test("a page that the stream has to its end asks it for nothing more", async () => {
    const tail = async (_: unknown, after: number) => ({ events: after < 101 ? [eventAt(101)] : [] });
    const deletions = () => Promise.reject(new Error("asked"));
    const stream = { ...ports.stream, tail, deletions } as unknown as HistoryPorts["stream"];
    for (const read of [readMessages, readTimeline])
      expect((await read({ ...ports, stream }, here, { limit: 3 })).items).toHaveLength(3);
  });

  test("and with them while the stream is away, which alone knows", async () => {
    const deletions = async () => Promise.reject(unavailable("Away."));
    const read = readMessages(
      { ...ports, stream: { ...ports.stream, deletions } as never },
      { ...room, offset: 300 },
      { limit: 2, before: 101 },
    );
    expect((await read).items).toHaveLength(2);
  });
});

/** Of which one was made by a newer version. */
function portsWithNewer(newest: number, newer: number, isStored: boolean): HistoryPorts {
  const all = Array.from({ length: newest }, (_, at) => ({
    ...eventAt(at + 1),
    ...(at + 1 === newer && { level: thisBuild.reads + 1 }),
  }));
  const among = (after: number, before: number) => all.filter(({ offset }) => offset > after && offset < before);
  const stored = async (_: unknown, { after = 0, before = newest + 1, limit }: OffsetWindow) =>
    among(after, before).slice(-limit);
  const tail = async (_: unknown, after: number) =>
    isStored ? undefined : { room: id, epoch: "e", events: among(after, newest + 1) };
  const head = async () => ({ epoch: "e", offset: newest });
  return {
    stream: { tail, head, deletions: async () => [] },
    events: { events: isStored ? stored : async () => [] },
  } as unknown as HistoryPorts;
}

test.each([
  ["stored", true],
  ["in the stream", false],
])("who reads on is told up to what a newer version made, and then to come back: %s", async (_, isStored) => {
  const ports = portsWithNewer(5, 3, isStored);
  const { events } = await readEventsOn(ports, room, 0, 100);
  expect(events.map(({ offset }) => offset)).toEqual([1, 2]);
  await expect(readEventsOn(ports, room, 2, 100)).rejects.toThrow("newer version");
  expect(await readEvents(ports, room, 2, 100)).toMatchObject({ events: [], endsBeforeNewer: true });
  // At the end nothing is missing.
  expect((await readEventsOn(ports, room, 5, 100)).events).toEqual([]);
});

test.each([true, false])("who reads back gets no page with a hole in it", async (isStored) => {
  await expect(readEventsBefore(portsWithNewer(5, 3, isStored), room, undefined, 5)).rejects.toThrow("newer version");
  const later = await readEventsBefore(portsWithNewer(5, 3, isStored), room, undefined, 2);
  expect(later.map(({ offset }) => offset)).toEqual([4, 5]);
});

test("an event of a kind that is not known here shows nothing", () => {
  expect(timelineEntryOf({ ...eventAt(1), type: "poll.opened" } as unknown as RoomEvent)).toBeUndefined();
});
