/**
 * One timer for all programs: it pings them a few at a time, ends those that don't answer, don't connect or whose token has
 * expired, and keeps the others present.
 */
import type { Presence } from "#domain/ports/index.ts";
import { endSocket } from "../end-socket.ts";
import type { FanOut } from "../socket-kind.ts";
import { topics } from "../topics.ts";
import { type End, ends } from "./codes.ts";
import { emptyFrame } from "./frames.ts";
import type { ProgramSocket } from "./state.ts";

/** How often a program hears a ping. Programs share as many slots as there are seconds in it. */
export const pingEveryS = 25;
/** A program that says nothing for this long after a ping is gone. */
export const pongWithinS = 10;
/** Who has not sent the connect command by then is not going to. */
export const connectWithinMs = 15_000;
/** An expired token may be refreshed this late: the next ping after it ends the connection. */
export const expiryGraceMs = 10_000;
const tickMs = 1_000;
/** A tick that comes this much late says that this process was busy, not that programs are silent. */
const lateTickMs = 2_000;

export interface Beat {
  /** Until it connects. */
  await(socket: ProgramSocket): void;
  join(socket: ProgramSocket): void;
  leave(socket: ProgramSocket): void;
  start(): void;
  stop(): void;
  /** One second's work. @param nowMs as performance.now() tells */
  tick(nowMs: number): void;
}

export interface BeatOptions {
  readonly fanOut: Pick<FanOut, "publish">;
  readonly presence: Presence;
  /** Milliseconds since 1970. */
  readonly clock: { now(): number };
  readonly ended: (end: End) => void;
}

interface Slot {
  readonly sockets: Set<ProgramSocket>;
  /** Undefined when nobody's answer is waited for. */
  pingedAtMs: number | undefined;
}

export function createBeat({ fanOut, presence, clock, ended }: BeatOptions): Beat {
  const slots: readonly Slot[] = Array.from({ length: pingEveryS }, () => ({
    sockets: new Set(),
    pingedAtMs: undefined,
  }));
  /** Not connected yet, and since when; the oldest first. */
  const arrivals = new Map<ProgramSocket, number>();
  let ticks = 0;
  let joined = 0;
  let lastTickMs = performance.now();
  let started = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  /** Ticks only while somebody is there. */
  const wake = () => {
    if (!started || timer !== undefined) return;
    lastTickMs = performance.now();
    timer = setInterval(() => tick(performance.now()), tickMs);
  };
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
  };

  const end = (socket: ProgramSocket, how: End) => {
    ended(how);
    endSocket(socket, how);
  };

  const endStale = (nowMs: number) => {
    for (const [socket, sinceMs] of arrivals) {
      if (nowMs - sinceMs < connectWithinMs) return;
      arrivals.delete(socket);
      end(socket, ends.stale);
    }
  };

  const endSilent = (slot: Slot | undefined, punctual: boolean) => {
    const pingedAtMs = slot?.pingedAtMs;
    if (slot === undefined || pingedAtMs === undefined) return;
    slot.pingedAtMs = undefined;
    if (!punctual) return;
    for (const socket of slot.sockets) if (socket.data.heardAtMs < pingedAtMs) end(socket, ends.noPong);
  };

  const ping = (slot: Slot | undefined, index: number, nowMs: number) => {
    if (slot === undefined || slot.sockets.size === 0) return;
    const expiredBefore = clock.now() - expiryGraceMs;
    for (const socket of slot.sockets) {
      const { caller, client, expiresAtMs } = socket.data;
      if (expiresAtMs <= expiredBefore) end(socket, ends.expired);
      // A missed one does no harm: presence ends after several.
      else if (caller !== undefined) presence.enter(caller.user.id, client).catch(() => {});
    }
    fanOut.publish(topics.ping(index), emptyFrame);
    slot.pingedAtMs = nowMs;
  };

  const tick = (nowMs: number) => {
    const punctual = nowMs - lastTickMs < lateTickMs;
    lastTickMs = nowMs;
    ticks += 1;
    endStale(nowMs);
    endSilent(slots[(ticks + pingEveryS - pongWithinS) % pingEveryS], punctual);
    ping(slots[ticks % pingEveryS], ticks % pingEveryS, nowMs);
    if (arrivals.size === 0 && slots.every(({ sockets }) => sockets.size === 0)) rest();
  };

  return {
    await(socket) {
      arrivals.set(socket, performance.now());
      wake();
    },
    join(socket) {
      arrivals.delete(socket);
      wake();
      joined += 1;
      socket.data.slot = joined % pingEveryS;
      const slot = slots[socket.data.slot];
      slot?.sockets.add(socket);
      // What the others in its slot are asked for at the moment, it was not asked.
      socket.data.heardAtMs = slot?.pingedAtMs ?? socket.data.heardAtMs;
      socket.subscribe(topics.ping(socket.data.slot));
    },
    leave(socket) {
      arrivals.delete(socket);
      slots[socket.data.slot]?.sockets.delete(socket);
    },
    start() {
      started = true;
    },
    stop() {
      started = false;
      rest();
    },
    tick,
  };
}
