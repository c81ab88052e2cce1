/** Everybody of a run: writers by every way of writing, readers of every room, one who leaves, one who stalls, outsiders. */
import { type ApiPerson, bringIn, freshName, signUpPerson } from "../support/api-person.ts";
import { until } from "../support/wait.ts";
import type { Evidence } from "./evidence.ts";
import { type Follower, startFollower } from "./follower.ts";
import type { History, Leak, Send } from "./history.ts";
import { http } from "./http-transport.ts";
import { startOutsider } from "./outsider.ts";
import { startStalledReader } from "./stalled-reader.ts";
import type { Transport } from "./transport.ts";
import { transports } from "./transports.ts";
import type { Worker } from "./worker.ts";
import { startWriter } from "./writer.ts";

/** The name of who asks the bot. */
export const asker = "asker";
const authors = 3;
/** One answer takes about a second. */
const askPauseMs = 2_500;
/** While somebody stalls: more than what lies between a gateway and a reader holds. */
const loudText = "loud ".repeat(2_400);

export interface CrowdOptions {
  readonly base: string;
  readonly random: () => number;
  readonly rooms: number;
  readonly writersOfEach: number;
  readonly readersOfEach: number;
  readonly pauseMs: readonly [number, number];
  /** Somebody asks the bot. */
  readonly asks: boolean;
}

export interface Crowd {
  readonly rooms: readonly string[];
  /** A member of all rooms. */
  readonly owner: ApiPerson;
  readonly writers: readonly Worker[];
  acks(): number;
  stall(frozen: boolean): void;
  hasLeft(): boolean;
  leave(): Promise<void>;
  /** Ends the writing, waits until it is quiet, lets readers come to the end, and ends everybody. */
  stop(
    withinMs: number,
    quiet?: () => Promise<void>,
  ): Promise<(evidence: Evidence) => Pick<History, "sends" | "readers" | "leaks">>;
}

export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const { base, random, pauseMs, writersOfEach, readersOfEach } = options;
  const sends: Send[] = [];
  const leaks: Leak[] = [];
  const [owner, outsider, leaver, ...others] = await Promise.all(
    Array.from({ length: 3 + authors }, () => signUpPerson(base)),
  );
  if (owner === undefined || outsider === undefined || leaver === undefined) throw new Error("nobody signed up");
  const rooms: string[] = [];
  for (let n = 0; n < options.rooms; n++) {
    const { id } = await owner.createRoom(freshName("delivery"), n % 2 === 0 ? "private" : "public");
    rooms.push(id);
    for (const member of [leaver, ...others]) await expectOk(bringIn(owner, id, member));
  }
  const [loudRoom = ""] = rooms;
  const anyRoom = () => rooms[Math.floor(random() * rooms.length)] ?? loudRoom;
  let loud = false;
  const next = () => (loud ? { room: loudRoom, text: loudText } : { room: anyRoom(), text: "" });
  const pause = () => pauseMs[0] + (pauseMs[1] - pauseMs[0]) * random();
  const members = [owner, ...others];
  const writers = transports.flatMap((transport, kind) =>
    Array.from({ length: writersOfEach }, (_, n) => {
      const who = members[(kind + n) % members.length] ?? owner;
      return startWriter({ base, name: `${transport.name}-${n}`, who, transport, sends, pauseMs: pause, next });
    }),
  );
  if (options.asks) {
    // Bots join public rooms by themselves.
    const open = rooms.filter((_, n) => n % 2 === 1);
    const ask = () => ({ room: open[Math.floor(random() * open.length)] ?? "", text: "@superchat and why?" });
    const asking = { base, name: asker, who: owner, transport: http, sends, pauseMs: () => askPauseMs, next: ask };
    writers.push(startWriter(asking));
  }
  const reading = transports.filter(({ follow }) => follow !== undefined);
  const readers = rooms.flatMap((room, at) =>
    Array.from({ length: readersOfEach }, (_, n) => {
      const transport = reading[(at + n) % reading.length] as Transport;
      const who = members[n % members.length] ?? owner;
      return startFollower({ base, name: `${transport.name} reader ${n} of ${room}`, who, room, transport });
    }),
  );
  const leaving = startFollower({ base, name: "leaver", who: leaver, room: loudRoom });
  const stalled = startStalledReader(base, owner, loudRoom);
  const outside = startOutsider(base, outsider, rooms, leaks);
  let left = false;

  return {
    rooms,
    owner,
    writers,
    acks: () => writers.reduce((sum, { done }) => sum + done(), 0),
    stall(frozen) {
      loud = frozen;
      stalled.freeze(frozen);
    },
    hasLeft: () => left,
    async leave() {
      left = true;
      const gone = async () => (await leaver.call("DELETE", `/rooms/${loudRoom}/members/me`)).status < 300;
      await until(gone, { deadlineMs: 60_000, what: "the leaver to leave" });
    },
    async stop(withinMs, quiet = async () => {}) {
      await Promise.all(writers.map((writer) => writer.stop()));
      await quiet();
      await atTheEnd([...readers, stalled], withinMs);
      await Promise.all([...readers, leaving, outside].map((each) => each.stop()));
      const { shown } = await stalled.stop();
      return ({ stored }) => {
        const leftWith = stored.find(({ type, author, room }) => {
          return type === "member.left" && author === leaver.id && room === loudRoom;
        })?.id;
        const kept = readers.map(({ reader }) => reader);
        const gone = left ? [{ ...leaving.reader, leftWith: leftWith ?? "unknown" }] : [];
        return { sends, leaks, readers: [...kept, { name: "stalled", room: loudRoom, shown }, ...gone] };
      };
    },
  };
}

type Reading = Pick<Follower, "offset"> & { readonly reader?: { readonly room: string }; readonly room?: string };

/** All readers of a room stand at one offset for a while. If they don't come to it, the checker says what they lack. */
async function atTheEnd(readers: readonly Reading[], withinMs: number): Promise<void> {
  const together = () => {
    const offsets = new Map<string, Set<number>>();
    for (const each of readers) {
      const room = each.reader?.room ?? each.room ?? "";
      offsets.set(room, (offsets.get(room) ?? new Set()).add(each.offset()));
    }
    return [...offsets.values()].every((found) => found.size === 1);
  };
  const steadyMs = 1_500;
  let since = 0;
  const steady = () => {
    if (!together()) since = 0;
    else since ||= performance.now();
    return since > 0 && performance.now() - since > steadyMs;
  };
  await until(steady, { deadlineMs: withinMs, what: "readers to come to the end" }).catch(() => undefined);
}

async function expectOk(answer: Promise<{ readonly status: number }>): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`answered ${status}`);
}
