import { beforeEach, describe, expect, spyOn, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { type Beat, connectWithinMs, createBeat, expiryGraceMs, pingEveryS, pongWithinS } from "./beat.ts";
import type { ProgramSocket } from "./state.ts";

interface Fake {
  readonly socket: ProgramSocket;
  readonly closed: number[];
  pings: number;
}

let clock: ReturnType<typeof createFixedClock>;
let beat: Beat;
let topics: Map<string, Fake[]>;
let present: string[];
let ended: number[];
let nowMs: number;

beforeEach(() => {
  clock = createFixedClock();
  topics = new Map();
  present = [];
  ended = [];
  nowMs = performance.now();
  const presence = {
    count: async () => 0,
    enter: async (_user: string, client: string) => present.push(client) > 0,
    leave: async () => true,
    online: async () => new Set<never>(),
  };
  const publish = (topic: string, frame: string) => {
    for (const fake of topics.get(topic) ?? []) fake.pings += frame === "{}" ? 1 : 0;
  };
  beat = createBeat({ fanOut: { publish }, presence, clock, ended: ({ code }) => void ended.push(code) });
});

function fake(
  client: string,
  { expiresAtMs = Number.POSITIVE_INFINITY, connected = true, heardAtMs = nowMs } = {},
): Fake {
  const closed: number[] = [];
  const made: Fake = {
    closed,
    pings: 0,
    socket: {
      data: { client, expiresAtMs, slot: 0, heardAtMs, caller: connected ? { user: { id: "u" } } : undefined },
      subscribe: (topic: string) => void topics.set(topic, [...(topics.get(topic) ?? []), made]),
      getBufferedAmount: () => 0,
      close(code: number) {
        closed.push(code);
        beat.leave(made.socket);
      },
    } as unknown as ProgramSocket,
  };
  if (connected) beat.join(made.socket);
  else beat.await(made.socket);
  return made;
}

/** Seconds go by; those in `answering` answer each ping at once. */
function pass(seconds: number, answering: readonly Fake[] = [], { everyMs = 1_000 } = {}) {
  for (let n = 0; n < seconds; n++) {
    nowMs += everyMs;
    const before = answering.map(({ pings }) => pings);
    beat.tick(nowMs);
    answering.forEach((each, at) => {
      if (each.pings > (before[at] ?? 0)) each.socket.data.heardAtMs = nowMs + 1;
    });
  }
}

describe("a connected program", () => {
  test("is pinged every so many seconds, kept present, and stays as long as it answers", () => {
    const many = Array.from({ length: 3 * pingEveryS }, (_, n) => fake(`c${n}`));
    pass(10 * pingEveryS, many);
    for (const each of many) expect(each).toMatchObject({ pings: 10, closed: [] });
    expect(present).toHaveLength(many.length * 10);
  });

  test("is ended with 3012 when it does not answer in time, and no earlier", () => {
    const [silent, alive] = [fake("silent"), fake("alive")];
    let waitedS = 0;
    for (; silent.pings === 0; waitedS++) pass(1, [alive]);
    expect(waitedS).toBeLessThanOrEqual(pingEveryS);
    pass(pongWithinS - 1, [alive]);
    expect(silent.closed).toEqual([]);
    pass(1, [alive]);
    expect(silent.closed).toEqual([3012]);
    pass(2 * pingEveryS, [alive]);
    expect(alive.closed).toEqual([]);
    expect(ended).toEqual([3012]);
  });

  test("is not blamed for a ping that went out before it had joined", () => {
    const slotful = (name: string, heardAtMs = nowMs) =>
      Array.from({ length: pingEveryS }, (_, n) => fake(`${name} ${n}`, { heardAtMs }));
    const before = slotful("there already");
    const arrivedAtMs = nowMs;
    pass(1, before);
    const late = slotful("let in after the ping", arrivedAtMs);
    pass(2 * pingEveryS, [...before, ...late]);
    expect(ended).toEqual([]);
  });

  test("is not blamed for a process that was busy", () => {
    const silent = fake("silent");
    while (silent.pings === 0) pass(1);
    pass(pongWithinS, [], { everyMs: 3_000 });
    expect(silent.closed).toEqual([]);
  });

  test("is ended with 3005 once its token expired and was not refreshed within the grace", () => {
    const expiring = fake("expiring", { expiresAtMs: clock.now() + 1_000 });
    const refreshed = fake("refreshed", { expiresAtMs: clock.now() + 1_000 });
    clock.advance(1_000 + expiryGraceMs - 1);
    pass(pingEveryS, [expiring, refreshed]);
    expect(expiring.closed).toEqual([]);
    refreshed.socket.data.expiresAtMs = clock.now() + 600_000;
    clock.advance(1);
    pass(pingEveryS, [expiring, refreshed]);
    expect(expiring.closed).toEqual([3005]);
    expect(refreshed.closed).toEqual([]);
  });
});

test("a program that does not connect is ended with 3502", () => {
  const idle = fake("idle", { connected: false });
  const quick = fake("quick", { connected: false });
  beat.join(quick.socket);
  pass(connectWithinMs / 1_000 - 1, [quick]);
  expect(idle.closed).toEqual([]);
  pass(2, [quick]);
  expect(idle.closed).toEqual([3502]);
  expect(quick.closed).toEqual([]);
});

test("it ticks only while somebody is there", () => {
  const [sets, clears] = [spyOn(globalThis, "setInterval"), spyOn(globalThis, "clearInterval")];
  try {
    beat.start();
    expect(sets).toHaveBeenCalledTimes(0);
    const idle = fake("idle", { connected: false });
    fake("quick");
    expect(sets).toHaveBeenCalledTimes(1);
    const [timer] = sets.mock.results.map(({ value }) => value);
    beat.leave(idle.socket);
    pass(2 * pingEveryS);
    expect(clears).toHaveBeenCalledWith(timer);
    fake("late");
    expect(sets).toHaveBeenCalledTimes(2);
  } finally {
    beat.stop();
    sets.mockRestore();
    clears.mockRestore();
  }
});
