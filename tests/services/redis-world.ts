/** Gateways on a Redis that breaks, and a store that knows what it is told. */
import { afterAll, beforeAll, expect } from "bun:test";
import { type OpenRedis, openRedis, type RedisOptions } from "#adapters/redis/open.ts";
import { slotCount, slotOf } from "#adapters/redis/slots.ts";
import type { EventRun, LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Published } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";

const startMs = 60_000;

/**
 * Call it at the top of a test file: what it starts is there before its tests and ended after them. What was rejected without
 * being heard meanwhile fails the file.
 */
export function useRedis<T extends { stop(): Promise<void> }>(
  start: () => Promise<T>,
  started: (redis: T) => void,
): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  let redis: T | undefined;
  beforeAll(async () => {
    process.on("unhandledRejection", note);
    redis = await start();
    started(redis);
  }, startMs);
  afterAll(async () => {
    await redis?.stop();
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  }, startMs);
}

export type Where = Pick<RedisOptions, "url" | "urls">;

export interface RedisWorld extends AsyncDisposable {
  readonly redis: OpenRedis;
  /** Where rooms stand in the store. */
  readonly stored: Map<RoomId, Position>;
  /** Makes a room as a gateway does. */
  addRoom(room?: RoomId): Promise<RoomId>;
  /** Another gateway on the same Redis and store. */
  another(): Promise<OpenRedis>;
}

export async function openWorld(where: Where, options: Partial<RedisOptions> = {}): Promise<RedisWorld> {
  const stored = new Map<RoomId, Position>();
  const opened: OpenRedis[] = [];
  const another = async () => {
    const redis = await openRedis({ ...where, head: async (room) => stored.get(room), ...options });
    opened.push(redis);
    return redis;
  };
  const redis = await another();
  return {
    redis,
    stored,
    another,
    async addRoom(room = sampleRoom()) {
      stored.set(room, { epoch: await redis.stream.newEpoch(room), offset: 0 });
      return room;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

/** What a listener of a room has been handed, growing. */
export async function follow({ stream }: OpenRedis, room: RoomId): Promise<Followed> {
  const runs: EventRun[] = [];
  await stream.subscribe(room, (run) => runs.push(run));
  return {
    runs,
    events: () => runs.flatMap((run) => run.events),
    offsets: (epoch) => runs.flatMap((run) => (run.epoch === epoch ? run.events.map(({ offset }) => offset) : [])),
  };
}

export interface Followed {
  readonly runs: readonly EventRun[];
  events(): readonly RoomEvent[];
  offsets(epoch: string | undefined): readonly number[];
}

export async function publish({ stream }: OpenRedis, room: RoomId, count: number): Promise<readonly Published[]> {
  return stream.publish(samplePosts(room, count));
}

/** As the writer does: again until it works. */
export async function insist({ stream }: OpenRedis, events: readonly LoggedEvent[]): Promise<readonly Published[]> {
  return until(() => stream.publish(events), { what: "a publish that works", deadlineMs: 20_000 });
}

/** @returns how long the work took to fail, in milliseconds, and with which code */
export async function failure(work: Promise<unknown>): Promise<{ readonly code: unknown; readonly ms: number }> {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const code = error instanceof Error && "code" in error ? error.code : error;
  return { code, ms: performance.now() - startedAt };
}

/** From one to another, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** A room that a server of a cluster has at the start. */
export function roomOnServer(at: number, servers: number): RoomId {
  for (;;) {
    const room = sampleRoom();
    if (Math.floor((slotOf(`{r:${room}}`) * servers) / slotCount) === at) return room;
  }
}
