/**
 * The stream within one process. It takes the counters of rooms from the store at first touch and never writes anything down:
 * who may rely on what it announces is decided by the mode (docs/adr/0003-standalone-announces-after-commit.md).
 */
import { ChatError } from "#domain/errors.ts";
import type { EventRun, LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Clock, Published, RoomStream } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { eventBytes, firstWithin } from "#domain/sizes.ts";
import { systemClock } from "./clock.ts";
import { createKnownIds, type KnownId } from "./known-ids.ts";
import { createListeners, type ReportFailure } from "./listeners.ts";
import { createRoomTail, type RoomTail } from "./room-tail.ts";

/** Rooms held; past that the ones untouched for longest are dropped and start again from the store. */
export const maxStreamRooms = 10_000;

export interface MemoryStreamOptions {
  /**
   * "on-confirm": publish only assigns the offset; tail and subscribers get the event when it is confirmed, that is, stored.
   * "on-publish": at once, for a log that already has what is published.
   */
  readonly announce: "on-confirm" | "on-publish";
  /** Where a room stands in the store. In on-confirm mode a room it does not know can't be published to. */
  readonly head?: (room: RoomId) => Promise<Position | undefined>;
  readonly clock?: Clock;
  readonly maxRooms?: number;
  readonly maxConfirmedIds?: number;
  readonly report?: ReportFailure;
}

interface RoomState {
  readonly room: RoomId;
  readonly epoch: string;
  readonly tail: RoomTail;
  /** The newest offset given away. */
  assigned: number;
  /** The newest offset that tail and subscribers have. */
  announced: number;
  unconfirmed: number;
  /** The offsets after `announced`, each empty until its event may be announced. */
  readonly waiting: (RoomEvent | undefined)[];
}

export function createMemoryStream(options: MemoryStreamOptions): RoomStream {
  const {
    announce: mode,
    head: headOf = async () => undefined,
    clock = systemClock,
    maxRooms = maxStreamRooms,
  } = options;
  const ids = createKnownIds(clock, options.maxConfirmedIds);
  const listeners = createListeners<RoomId, EventRun>(options.report);
  /** Least recently touched first. */
  const rooms = new Map<RoomId, RoomState>();
  const loading = new Map<RoomId, Promise<RoomState>>();
  let lastTurn: Promise<unknown> = Promise.resolve();
  let publishing = false;

  async function publish(events: readonly LoggedEvent[]): Promise<readonly Published[]> {
    const known = events.flatMap(({ id }) => ids.get(id) ?? []);
    if (known.length === events.length) return known.map(again);
    // One call at a time: a call that has to ask the store must not be overtaken by a later one.
    const turn = lastTurn.then(() => publishInTurn(events));
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async function publishInTurn(events: readonly LoggedEvent[]): Promise<readonly Published[]> {
    publishing = true;
    try {
      const unknown = events.filter(({ id }) => ids.get(id) === undefined);
      await Promise.all([...new Set(unknown.map(({ room }) => room))].map(load));
      return publishNow(events);
    } finally {
      publishing = false;
      forgetIdleRooms();
    }
  }

  /** Waits for nothing: each room's offsets and their announcement are one step. */
  function publishNow(events: readonly LoggedEvent[]): readonly Published[] {
    const touched = new Set<RoomState>();
    const published = events.map((event) => {
      const known = ids.get(event.id);
      if (known !== undefined) return again(known);
      const state = rooms.get(event.room);
      if (state === undefined) throw new Error(`Room ${event.room} was not loaded.`);
      touched.add(state);
      return assign(state, event);
    });
    for (const state of touched) {
      touch(state);
      announceReady(state);
    }
    return published;
  }

  function assign(state: RoomState, event: LoggedEvent): Published {
    state.assigned += 1;
    state.unconfirmed += 1;
    const known = {
      room: state.room,
      author: event.author.id,
      at: event.at,
      epoch: state.epoch,
      offset: state.assigned,
    };
    ids.add(event.id, known);
    state.waiting.push(mode === "on-publish" ? { ...event, offset: known.offset } : undefined);
    return { ...known, fresh: true };
  }

  async function confirm(events: readonly LoggedEvent[]): Promise<void> {
    const touched = new Set<RoomState>();
    for (const event of events) {
      const known = ids.get(event.id);
      if (known?.room !== event.room || known.author !== event.author.id || !ids.confirm(event.id)) continue;
      const state = rooms.get(known.room);
      if (state === undefined) continue;
      state.unconfirmed -= 1;
      if (mode === "on-confirm") state.waiting[known.offset - state.announced - 1] = { ...event, offset: known.offset };
      touched.add(state);
    }
    for (const state of touched) announceReady(state);
  }

  /** What is ready up to the first offset that is not: later ones wait for it. */
  function announceReady(state: RoomState): void {
    const firstGap = state.waiting.indexOf(undefined);
    const ready = state.waiting.splice(0, firstGap === -1 ? state.waiting.length : firstGap);
    const events = ready.flatMap((event) => event ?? []);
    const newest = events.at(-1);
    if (newest === undefined) return;
    state.announced = newest.offset;
    const told = state.tail.push(events);
    listeners.tell(state.room, { room: state.room, epoch: state.epoch, events: told });
  }

  async function load(room: RoomId): Promise<RoomState> {
    const state = rooms.get(room);
    if (state !== undefined) return state;
    const inFlight = loading.get(room) ?? open(room).finally(() => loading.delete(room));
    loading.set(room, inFlight);
    return inFlight;
  }

  async function open(room: RoomId): Promise<RoomState> {
    const stored = await headOf(room);
    if (stored === undefined && mode === "on-confirm") throw new ChatError("not-found", "There is no such room.");
    const { epoch, offset } = stored ?? { epoch: crypto.randomUUID(), offset: 0 };
    const tail = createRoomTail(offset);
    const state: RoomState = { room, epoch, tail, assigned: offset, announced: offset, unconfirmed: 0, waiting: [] };
    rooms.set(room, state);
    return state;
  }

  function touch(state: RoomState): void {
    rooms.delete(state.room);
    rooms.set(state.room, state);
  }

  /** Only rooms of which the store has everything: their counters are read from there again. Never under a publish. */
  function forgetIdleRooms(): void {
    if (publishing) return;
    for (const state of rooms.values()) {
      if (rooms.size <= maxRooms) break;
      if (state.unconfirmed === 0) rooms.delete(state.room);
    }
  }

  async function look<T>(room: RoomId, read: (state: RoomState) => T): Promise<T> {
    const state = await load(room);
    if (rooms.get(room) === state) touch(state);
    forgetIdleRooms();
    return read(state);
  }

  return {
    publish,
    publishAhead: async (event) => (await publish([event]))[0],
    caughtUp: async () => undefined,
    confirm,
    newEpoch: async () => crypto.randomUUID().slice(0, 8),
    head: (room) => look(room, ({ epoch, announced }) => ({ epoch, offset: announced })),
    tail: (room, after, limit, { known = [], maxBytes } = {}) =>
      look(room, ({ epoch, tail }) => {
        const events = tail.read(after, limit)?.filter(({ offset }) => !known.includes(offset));
        return events && { room, epoch, events: firstWithin(events, eventBytes, maxBytes) };
      }),
    deletions: (room, after) => look(room, ({ tail }) => tail.deletions(after)),
    subscribe: async (room, listener) => listeners.add(room, listener),
  };
}

function again(known: KnownId): Published {
  return { ...known, fresh: false };
}
