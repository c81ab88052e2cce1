/** One run: a cluster, people who write and read, faults as planned, and then the checker's judgement of what happened. */
import { until } from "../support/wait.ts";
import { check, type Violation } from "./check.ts";
import { startCrowd } from "./crowd.ts";
import { gather, settle } from "./evidence.ts";
import { type Fault, faultsFor } from "./faults.ts";
import type { History } from "./history.ts";
import { openPlace, type PlaceOptions } from "./place.ts";
import { planRounds, type Round, randomFrom } from "./schedule.ts";
import type { World } from "./world.ts";

/** After a round every writer goes on within this time. */
const goesOnWithinMs = 90_000;
const settledWithinMs = 120_000;
/** What Redis and a gateway do together may change the order until this long after (ADR 6). */
const unorderedAfterMs = 5_000;

export interface RunOptions extends PlaceOptions {
  readonly seed: number;
  readonly rooms: number;
  readonly writersOfEach: number;
  readonly readersOfEach: number;
  /** Between two messages of a writer, from and to. */
  readonly pauseMs: readonly [number, number];
  readonly awayMs: readonly [number, number];
  readonly frozenMs: readonly [number, number];
  /** Every fault alone once, then so many pairs. Otherwise alone and in pairs until the time is over. */
  readonly pairsAfterEach?: number;
  readonly minutes?: number;
  /** Only faults whose name holds one of these. */
  readonly only?: readonly string[];
  readonly say: (line: string) => void;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly history: History;
  /** By name, how often. */
  readonly faults: ReadonlyMap<string, number>;
  readonly pairs: number;
  readonly seconds: number;
}

export async function runDelivery(options: RunOptions): Promise<Outcome> {
  const { seed, say, awayMs, frozenMs, only } = options;
  // Each draws its own: what is planned must not depend on how fast people write.
  const [plan, random, chance] = [randomFrom(seed), randomFrom(seed + 1), randomFrom(seed + 2)];
  const startedAt = Date.now();
  say(`seed ${seed}`);
  await using place = await openPlace(options);
  const lives: number[] = [];
  const poisons: string[] = [];
  const unordered: { from: number; to: number }[] = [];
  const crowd = await startCrowd({ ...options, asks: options.bots > 0, base: place.url, random: chance });
  const world: World = { ...place, random, rooms: crowd.rooms, lives, poisons, stall: crowd.stall };
  const { disk, clock } = place;
  const faults = faultsFor({
    roles: place.roles,
    awayMs,
    frozenMs,
    withDisk: disk !== undefined,
    withClock: clock !== undefined,
  }).filter(({ name }) => only === undefined || only.some((part) => name.includes(part)));
  const counts = new Map<string, number>();
  const stuck: Violation[] = [];
  const breakingSince = Date.now();
  let pairs = 0;
  let rounds = 0;
  const isOver = () =>
    (options.pairsAfterEach !== undefined && rounds >= faults.length + options.pairsAfterEach) ||
    (options.minutes !== undefined && Date.now() - breakingSince > options.minutes * 60_000);

  for (const round of planRounds(faults, plan)) {
    if (isOver()) break;
    rounds += 1;
    pairs += round.length > 1 ? 1 : 0;
    for (const { name } of round) counts.set(name, (counts.get(name) ?? 0) + 1);
    const from = Date.now();
    const done = crowd.acks();
    await inject(round, faults, world);
    if (mayChangeOrder(round)) unordered.push({ from, to: Date.now() + unorderedAfterMs });
    const broken = Date.now() - from;
    stuck.push(...(await goesOn(crowd.writers, nameOf(round))));
    say(`${nameOf(round)}: ${broken} ms, on again after ${Date.now() - from - broken} ms, ${crowd.acks() - done} acks`);
    // Half-way: those who leave a room now must see nothing of it any more.
    if (!crowd.hasLeft() && rounds > 2) await crowd.leave();
  }
  say("settling");
  const { env, kafka, topic } = world;
  const sources = {
    base: place.url,
    databaseUrl: env.DATABASE_URL ?? "",
    kafka,
    topic,
    rooms: crowd.rooms,
    reader: crowd.owner,
    settledWithinMs,
  };
  const seen = await crowd.stop(settledWithinMs, () => settle(sources));
  const evidence = await gather(sources);
  const history: History = { startedAt, rooms: crowd.rooms, lives, poisons, unordered, ...seen(evidence), ...evidence };
  const violations = [...stuck, ...check(history)];
  return { violations, history, faults: counts, pairs, seconds: (Date.now() - startedAt) / 1_000 };
}

async function inject(round: Round, faults: readonly Fault[], world: World): Promise<void> {
  const work = round.map(async ({ name, delayMs, holdMs }) => {
    await Bun.sleep(delayMs);
    try {
      await faults.find((fault) => fault.name === name)?.inject(world, holdMs);
    } catch (cause) {
      throw new Error(`the fault "${name}" did not work`, { cause });
    }
  });
  // Both, also when one fails: what the other stopped has to run again.
  await Promise.allSettled(work);
  await Promise.all(work);
}

async function goesOn(writers: readonly { name: string; done(): number }[], after: string): Promise<Violation[]> {
  const waits = writers.map(async ({ name, done }) => {
    const before = done();
    try {
      await until(() => done() > before, { deadlineMs: goesOnWithinMs, what: "an ack" });
      return [];
    } catch {
      return [{ rule: "it goes on", sentence: `${name} got no ack for ${goesOnWithinMs} ms after: ${after}` }];
    }
  });
  return (await Promise.all(waits)).flat();
}

function mayChangeOrder(round: Round): boolean {
  return round.some(({ name }) => name.includes("redis")) && round.some(({ name }) => name.includes("gateway"));
}

const nameOf = (round: Round) => round.map(({ name, holdMs }) => `${name} (${holdMs} ms)`).join(" + ");
