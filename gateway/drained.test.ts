/** What is made for one socket alone waits for its reader, and not for ever: on real sockets whose reader sleeps. */
import { expect, test } from "bun:test";
import { withWaiting } from "../tests/support/sleeping-socket.ts";
import { maxBufferedBytes, untilDrained } from "./drained.ts";

/** As the minute that it is else. */
const stalledMs = 300;
/** Timers may be early by that. */
const timerMs = 5;

async function waitedMs(work: Promise<void>): Promise<number> {
  const from = performance.now();
  await work;
  return performance.now() - from;
}

test("nothing waits for a reader who has no more than 128 KiB to take", () =>
  withWaiting(maxBufferedBytes, async ({ socket }) => {
    expect(await waitedMs(untilDrained(socket, stalledMs))).toBeLessThan(stalledMs);
    expect(socket.data.closed).toBe(false);
  }));

test("a byte more, and what is next waits; a reader who takes nothing for a while is given up, and not before", () =>
  withWaiting(maxBufferedBytes + 1, async ({ socket }) => {
    expect(await waitedMs(untilDrained(socket, stalledMs))).toBeGreaterThan(stalledMs - timerMs);
    expect(socket.data.closed).toBe(true);
  }));

test("a reader who reads on in that time stays, and what is next waits no longer", () =>
  withWaiting(4 * maxBufferedBytes, async ({ socket, reader }) => {
    const waiting = untilDrained(socket, 60 * stalledMs);
    reader.resume();
    expect(await waitedMs(waiting)).toBeLessThan(60 * stalledMs);
    expect(socket.getBufferedAmount()).toBeLessThanOrEqual(maxBufferedBytes);
    expect(socket.data.closed).toBe(false);
  }));

test("a reader who leaves is waited for no longer", () =>
  withWaiting(4 * maxBufferedBytes, async ({ socket }) => {
    const waiting = untilDrained(socket, 60 * stalledMs);
    socket.close();
    expect(await waitedMs(waiting)).toBeLessThan(60 * stalledMs);
  }));
