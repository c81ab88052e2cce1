import { describe, expect, test } from "bun:test";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { unavailable } from "./errors.ts";
import type { EventBody, EventOf, LoggedEvent, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { type Message, messageOf } from "./message.ts";
import type { HistoryPorts } from "./read-history.ts";
import { readChain, readMessage, readQuoted } from "./read-message.ts";
import type { Room } from "./room.ts";

const [ada, bob] = [samplePerson("Ada"), samplePerson("Bob")];
const id = sampleRoom();
const room = { id, epoch: "e", offset: 0 } as Room;
const newId = () => Bun.randomUUIDv7() as EventId;

function at(offset: number, event: LoggedEvent): RoomEvent {
  return { ...event, offset };
}

function reply(offset: number, to: RoomEvent, text: string): RoomEvent {
  const replyTo = { id: to.id, offset: to.offset, author: to.author, text: "" };
  return { ...at(offset, samplePost(id, text, { author: bob })), replyTo } as RoomEvent;
}

function change(offset: number, body: EventBody): RoomEvent {
  return { id: newId(), room: id, author: ada, at: new Date(offset).toISOString(), offset, ...body };
}

const away = async () => {
  throw unavailable("Away.");
};

/** A store that has some messages, and a stream that has some events, and older deletions; undefined: it is away. */
function portsWith(
  stored: readonly RoomEvent[] | undefined,
  fresh: readonly RoomEvent[] | undefined,
  older: readonly RoomEvent[] = [],
) {
  const asked: EventId[] = [];
  const messages = (stored ?? []).map((event) => messageOf(event as EventOf<"message.posted">));
  const events = {
    find: async (wanted: EventId) => messages.find((message) => message.id === wanted),
    messages: async (_room: unknown, { after }: { after: number }) =>
      messages.filter(({ offset }) => offset === after + 1),
    async chain(_room: unknown, from: EventId, limit: number) {
      asked.push(from);
      const found: Message[] = [];
      for (let next = messages.find((one) => one.id === from); next && found.length < limit; ) {
        found.push(next);
        const before = next.replyTo?.id;
        next = messages.find((one) => one.id === before);
      }
      return found;
    },
  };
  const stream = {
    head: async () => ({ offset: 100 }),
    tail: async () => ({ room: id, epoch: "e", events: fresh }),
    deletions: async () => older,
  };
  const ports = {
    events: stored === undefined ? { find: away, messages: away, chain: away } : events,
    stream: fresh === undefined ? { head: away, tail: away, deletions: away } : stream,
  };
  return { ports: ports as unknown as HistoryPorts, asked };
}

const first = at(1, samplePost(id, "first", { author: ada }));
const second = reply(2, first, "second");
const third = reply(3, second, "third");

describe("what somebody answers", () => {
  const quoted = (stored?: readonly RoomEvent[], fresh?: readonly RoomEvent[], wanted = first.id) =>
    readQuoted(portsWith(stored, fresh).ports, room, wanted);

  test("is found in the store or in the stream, with what changed since", async () => {
    expect((await quoted([first], []))?.text).toBe("first");
    expect((await quoted([], [first]))?.text).toBe("first");
    const edited = change(4, { type: "message.edited", message: first.id, text: "edited", mentions: [] });
    expect((await quoted([first], [edited]))?.text).toBe("edited");
    expect(await quoted([first], [change(4, { type: "message.deleted", message: first.id })])).toMatchObject({
      deleted: true,
    });
    expect(await quoted([first], [second], newId())).toBeUndefined();
  });

  test("is found while one of them is away, when the other has it", async () => {
    expect((await quoted(undefined, [first]))?.text).toBe("first");
    expect((await quoted([first], undefined))?.text).toBe("first");
  });

  test("is not said to be nowhere while only the one that is away can have it", async () => {
    const code = (stored?: readonly RoomEvent[], fresh?: readonly RoomEvent[]) =>
      quoted(stored, fresh).then(
        () => undefined,
        (error) => error.code,
      );
    expect(await code(undefined, [second])).toBe("unavailable");
    expect(await code([second], undefined)).toBe("unavailable");
    expect(await code()).toBe("unavailable");
  });
});

describe("a chain of replies", () => {
  async function chain(stored: readonly RoomEvent[], fresh: readonly RoomEvent[], limit = 8) {
    const { ports, asked } = portsWith(stored, fresh);
    return { texts: (await readChain(ports, room, third.id, limit)).map(({ text }) => text), asked };
  }

  test("is read from the stream and from the store, at once", async () => {
    const whole = ["third", "second", "first"];
    expect(await chain([first, second, third], [])).toEqual({ texts: whole, asked: [third.id] });
    expect(await chain([first, second], [third])).toEqual({ texts: whole, asked: [second.id] });
    expect(await chain([], [first, second, third])).toEqual({ texts: whole, asked: [] });
  });

  test("ends at its limit, wherever it is read", async () => {
    expect(await chain([first, second, third], [], 2)).toEqual({ texts: ["third", "second"], asked: [third.id] });
    expect(await chain([first], [second, third], 2)).toEqual({ texts: ["third", "second"], asked: [] });
  });

  test("ends before what was deleted just now", async () => {
    const deletion = { ...change(9, { type: "message.deleted", message: second.id }), author: bob };
    expect((await chain([first, second, third], [deletion])).texts).toEqual(["third"]);
    expect((await chain([first], [second, third, deletion])).texts).toEqual(["third"]);
  });
});

test("what was deleted before the newest events, and is not deleted in the store yet, has no words all the same", async () => {
  const deletion = { ...change(9, { type: "message.deleted", message: second.id }), author: bob };
  const { ports } = portsWith([first, second, third], [], [deletion]);
  expect(await readMessage(ports, room, second.id)).toMatchObject({ deleted: true, text: "" });
  expect((await readMessage(ports, room, third.id))?.replyTo).toMatchObject({ deleted: true, text: "" });
  expect((await readChain(ports, room, third.id, 8)).map(({ text }) => text)).toEqual(["third"]);
});
