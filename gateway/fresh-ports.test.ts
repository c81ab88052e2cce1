/** Reads of rooms in a process that stood still, or that newer versions have gone on without. */
import { beforeEach, expect, test } from "bun:test";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { isChatError, unavailable } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { createStandstill, maxReads, standstillMs } from "#domain/standstill.ts";
import { sampleRoom } from "#tests/contract/samples.ts";
import { freshPorts } from "./fresh-ports.ts";
import { createHub } from "./hub.ts";
import { createLog } from "./log.ts";

const room = sampleRoom();

/** Each read that may show what was deleted meanwhile, or lead around it. */
const readsOf = {
  events: {
    events: ({ events }) => events.events(room, { limit: 1 }),
    messages: ({ events }) => events.messages(room, { limit: 1 }),
    timeline: ({ events }) => events.timeline(room, { limit: 1 }),
    chain: ({ events }) => events.chain(room, "m" as never, 1),
    naming: ({ events }) => events.naming("u" as never, "", 1),
    head: ({ events }) => events.head(room),
  },
  stream: {
    head: ({ stream }) => stream.head(room),
    tail: ({ stream }) => stream.tail(room, 0, 1),
    deletions: ({ stream }) => stream.deletions(room, 0),
  },
  rooms: {
    access: ({ rooms }) => rooms.access("lobby", "u" as never),
    joinedBy: ({ rooms }) => rooms.joinedBy("u" as never),
    sidebarOf: ({ rooms }) => rooms.sidebarOf("u" as never, ""),
  },
} satisfies Record<string, Record<string, (ports: Ports) => Promise<unknown>>>;

type Reads = Record<string, (ports: Ports) => Promise<unknown>>;
const named = Object.entries<Reads>(readsOf).flatMap(([port, some]) =>
  Object.entries(some).map(([name, read]) => [`${port}.${name}`, read] as const),
);
const everyRead = () => named.map(([, read]) => read(ports));

/** Ports all of whose reads are this one. */
const portsThat = (read: () => Promise<unknown>) =>
  Object.fromEntries(
    Object.entries<Reads>(readsOf).map(([port, some]) => [
      port,
      Object.fromEntries(Object.keys(some).map((name) => [name, read])),
    ]),
  ) as { [Port in keyof typeof readsOf]: Record<keyof (typeof readsOf)[Port], typeof read> };

let now = 0;
let outdated: boolean;
let asked: number;
let level: () => Promise<void>;
let reads: number;
let ports: Ports;
let still: ReturnType<typeof createStandstill>;
const thaw = () => {
  now += standstillMs + 1;
};

beforeEach(() => {
  [outdated, asked, reads] = [false, 0, 0];
  level = async () => undefined;
  const read = async () => {
    reads += 1;
    return { epoch: "e", offset: 3 };
  };
  still = createStandstill(() => now);
  // Somebody listens as long as the gateway runs: without that nobody looks at the clock.
  still.onThaw(() => undefined);
  const all = portsThat(read);
  const given = {
    ...all,
    stream: { ...all.stream, subscribe: async () => async () => undefined },
    signals: { onRoom: async () => async () => undefined },
    growing: {},
    metrics: silentMetrics,
    levels: {
      isOutdated: () => outdated,
      reread: async () => {
        asked += 1;
        await level();
      },
    },
  };
  ports = freshPorts(given as unknown as Ports, still);
});

test("the level is asked for once after a standstill, before anything is read, and not otherwise", async () => {
  await Promise.all(everyRead());
  expect(asked).toBe(0);
  thaw();
  const answer = Promise.withResolvers<void>();
  level = () => answer.promise;
  const before = reads;
  const reading = everyRead();
  await Bun.sleep(5);
  expect([asked, reads]).toEqual([1, before]);
  answer.resolve();
  await Promise.all(reading);
  await Promise.all(everyRead());
  expect(asked).toBe(1);
});

test("nothing is read once newer versions have gone on", async () => {
  thaw();
  level = async () => {
    outdated = true;
  };
  const answers = await Promise.allSettled(everyRead());
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => "rejected"));
  await expect(ports.stream.head(room)).rejects.toThrow("Come back in a moment");
  expect([asked, reads]).toEqual([1, 0]);
});

test("what was read while that became known goes nowhere", async () => {
  const reading = ports.stream.head(room);
  outdated = true;
  await expect(reading).rejects.toThrow("Come back in a moment");
});

test("while nobody can tell after a standstill nothing is read, and it is asked again", async () => {
  thaw();
  level = () => Promise.reject(unavailable("away"));
  await expect(ports.stream.head(room)).rejects.toThrow("away");
  level = async () => undefined;
  expect(await ports.stream.head(room)).toEqual({ epoch: "e", offset: 3 });
});

test("a process that stands still again while it asks asks again", async () => {
  thaw();
  level = async () => {
    if (asked === 1) thaw();
  };
  await ports.stream.head(room);
  expect(asked).toBe(2);
});

test("a room is not followed from beyond what newer versions wrote", async () => {
  const out = {
    ...{ publish: () => undefined, subscribers: () => 1 },
    ...{ memberLeft: () => undefined, rebuilt: () => undefined, erased: () => undefined },
  };
  const hub = createHub(ports, out, createLog("silent"), still);
  thaw();
  level = async () => {
    outdated = true;
  };
  await expect(hub.follow(room)).rejects.toThrow("Come back in a moment");
  await hub.close();
});

/** As where nobody else looks at the clock. */
function alone(read: () => Promise<unknown>): Ports {
  const levels = { isOutdated: () => false, reread: async () => undefined };
  return freshPorts(
    { ...portsThat(read), levels } as unknown as Ports,
    createStandstill(() => now),
  );
}

test("all reads that are done again are in the table of this test", () => {
  const unwrapped = portsThat(async () => undefined);
  const wrapped = freshPorts({ ...unwrapped, levels: {} } as unknown as Ports, still);
  for (const port of ["events", "stream", "rooms"] as const) {
    expect(Object.keys(wrapped[port]).sort()).toEqual(Object.keys(unwrapped[port]).sort());
  }
});

test.each(named)(
  "what %s read while the process stood still is read again; nobody else needs to be there",
  async (_, read) => {
    let reads = 0;
    const ports = alone(async () => {
      reads += 1;
      if (reads === 1) thaw();
      return [{ offset: reads }];
    });
    // Time that goes by while nothing is read is no standstill.
    now += 10 * standstillMs;
    expect(await read(ports)).toEqual([{ offset: 2 }]);
    now += 10 * standstillMs;
    expect(await read(ports)).toEqual([{ offset: 3 }]);
  },
);

test.each([
  [maxReads - 1, false],
  [maxReads, true],
])("after %i reads in each of which it stood still it gives up: %p", async (pauses, givesUp) => {
  for (const [, read] of named) {
    let reads = 0;
    const ports = alone(async () => {
      reads += 1;
      if (reads <= pauses) thaw();
      return [];
    });
    const outcome = await read(ports).then(
      () => false,
      (error) => isChatError(error, "unavailable"),
    );
    expect([outcome, reads]).toEqual([givesUp, maxReads]);
  }
});
