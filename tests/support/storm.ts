/** Writers and readers in a room while things die around them, and what must be true of the room afterwards. */
import { expect } from "bun:test";
import type { ApiPerson } from "./api-person.ts";
import { type Follower, followRoom } from "./follower.ts";
import { markOf, readRoom, type SeenEvent } from "./room-events.ts";
import { until } from "./wait.ts";

const retryPauseMs = 20;
const followWithinMs = 60_000;

export interface Storm {
  /** Messages acked so far. */
  acked(): number;
  /** Waits until this many more are acked. */
  progress(more: number, what: string, deadlineMs?: number): Promise<void>;
  /** Ends the writing, then checks every promise a client can see. */
  settle(): Promise<StormOutcome>;
}

export interface StormOutcome {
  readonly messages: number;
  /** Where offsets jump: the stream was rebuilt and began a new epoch there. */
  readonly jumps: number;
}

export interface StormOptions {
  readonly url: string;
  readonly room: string;
  /** Write in turns, and read: each is followed at its socket too. */
  readonly people: readonly ApiPerson[];
  readonly writers: number;
}

export function startStorm({ url, room, people, writers }: StormOptions): Storm {
  const followers = people.map((person) => followRoom(url, person, room));
  const acked: string[] = [];
  let writing = true;
  const write = async (who: ApiPerson, name: string) => {
    for (let n = 0; writing; n++) {
      const id = Bun.randomUUIDv7();
      await sendUntilAcked(who, room, id, `${name} ${n}`);
      acked.push(id);
    }
  };
  const work = Array.from({ length: writers }, (_, n) => write(people[n % people.length] as ApiPerson, `w${n}`));

  return {
    acked: () => acked.length,
    async progress(more, what, deadlineMs = 60_000) {
      const target = acked.length + more;
      await until(() => acked.length >= target, { deadlineMs, what: `${more} more acks ${what}` });
    },
    async settle() {
      writing = false;
      await Promise.all(work);
      const [reader] = people;
      if (reader === undefined) throw new Error("nobody reads");
      const events = await settled(reader, room, acked);
      checkEvents(events, acked, writers);
      for (const follower of followers) await checkFollower(follower, events);
      const jumps = events.filter(({ offset }, n) => offset !== (events[n - 1]?.offset ?? 0) + 1).length;
      return { messages: acked.length, jumps };
    },
  };
}

/** Reads until every acked message is there: the store may be behind the log for a while. */
async function settled(reader: ApiPerson, room: string, acked: readonly string[]): Promise<SeenEvent[]> {
  let events: SeenEvent[] = [];
  await until(
    async () => {
      ({ events } = await readRoom(reader, room));
      const ids = new Set(events.map(({ id }) => id));
      return acked.every((id) => ids.has(id));
    },
    { deadlineMs: followWithinMs, what: "every acked message to be there" },
  );
  return events;
}

function checkEvents(events: readonly SeenEvent[], acked: readonly string[], writers: number): void {
  const offsets = events.map(({ offset }) => offset);
  expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
  const ids = events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(acked).size).toBe(acked.length);
  const texts = events.filter(({ type }) => type === "message.posted").map(({ text }) => text);
  for (let n = 0; n < writers; n++) {
    const own = texts.filter((text) => text.startsWith(`w${n} `)).map((text) => Number(text.split(" ")[1]));
    expect(own).toEqual(own.map((_, index) => index));
  }
}

async function checkFollower(follower: Follower, events: readonly SeenEvent[]): Promise<void> {
  const expected = events.map(markOf);
  await until(() => follower.seen().length >= expected.length && follower.seen().at(-1) === expected.at(-1), {
    deadlineMs: followWithinMs,
    what: "a follower to see everything",
  });
  expect(follower.seen()).toEqual(expected);
  follower.close();
}

/** As a careful program does it: the same id until it is acked. */
async function sendUntilAcked(who: ApiPerson, room: string, id: string, text: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const { status, body } = await who.call("POST", `/rooms/${room}/messages`, { id, text, resend: tries > 0 });
      if (status === 200 || status === 201) return;
      if (status < 500) throw new Refused(`${status} ${JSON.stringify(body)}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await Bun.sleep(retryPauseMs);
  }
}

class Refused extends Error {}
