/** Promises 1 to 4 in standalone mode: the process is killed with -9 ten times while people write and read. */
import { expect, test } from "bun:test";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { followRoom } from "../support/follower.ts";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const kills = 10;
const writers = 8;
/** Acks between two kills, so that each life of the process does work. */
const acksPerLife = 60;
const retryPauseMs = 20;

test(
  "what was acked is there once, in one order without holes, for everybody",
  async () => {
    await using server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "error" } });
    const [ana, ben] = [await signUpPerson(server.url), await signUpPerson(server.url)];
    const room = await ana.createRoom(freshName("storm"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const followers = [followRoom(server.url, ana, room.id), followRoom(server.url, ben, room.id)];

    const acked: string[] = [];
    let writing = true;
    const write = async (who: ApiPerson, name: string) => {
      for (let n = 0; writing; n++) {
        const id = Bun.randomUUIDv7();
        await sendUntilAcked(who, room.id, id, `${name} ${n}`);
        acked.push(id);
      }
    };
    const work = Array.from({ length: writers }, (_, n) => write(n % 2 === 0 ? ana : ben, `w${n}`));

    for (let n = 0; n < kills; n++) {
      const target = acked.length + acksPerLife;
      await until(() => acked.length >= target, { deadlineMs: 60_000, what: `acks in life ${n + 1}` });
      await server.kill("SIGKILL");
      await server.restart();
    }
    writing = false;
    await Promise.all(work);

    const events = await allEvents(ana, room.id);
    expect(events.map(({ offset }) => offset)).toEqual(events.map((_, n) => n + 1));
    const stored = events.map(({ id }) => id);
    expect(new Set(stored).size).toBe(stored.length);
    const places = new Set(stored);
    expect(acked.filter((id) => !places.has(id))).toEqual([]);
    expect(new Set(acked).size).toBe(acked.length);

    const texts = events.filter(({ type }) => type === "message.posted").map(({ text }) => text);
    for (let n = 0; n < writers; n++) {
      const own = texts.filter((text) => text.startsWith(`w${n} `)).map((text) => Number(text.split(" ")[1]));
      expect(own).toEqual(own.map((_, index) => index));
    }

    for (const follower of followers) {
      await until(() => follower.seen().length >= events.length, {
        deadlineMs: 20_000,
        what: "a follower to see everything",
      });
      expect(follower.seen()).toEqual(
        events.map(({ offset, id, type }) => (type === "message.posted" ? `${offset} ${id}` : `${offset}`)),
      );
      follower.close();
    }
  },
  { timeout: 300_000 },
);

/** As a careful program does it: the same id until it is acked. */
async function sendUntilAcked(who: ApiPerson, room: string, id: string, text: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const { status, body } = await who.call("POST", `/rooms/${room}/messages`, { id, text, resend: tries > 0 });
      if (status === 200 || status === 201) return;
      if (status !== 503) throw new Refused(`${status} ${JSON.stringify(body)}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await Bun.sleep(retryPauseMs);
  }
}

class Refused extends Error {}

interface SeenEvent {
  readonly id: string;
  readonly offset: number;
  readonly type: string;
  readonly text: string;
}

async function allEvents(who: ApiPerson, room: string): Promise<SeenEvent[]> {
  const events: SeenEvent[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { body } = await who.get(`/rooms/${room}/events?after=${after}`);
    events.push(...body.items);
    after = body.next;
  }
  return events;
}
