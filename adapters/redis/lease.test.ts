/** When a gateway's calls are late, by what a server told of its time. */
import { expect, test } from "bun:test";
import { createLease, doubtMs, leaseMs } from "./lease.ts";

const second = 1_000_000;
const leaseMicros = leaseMs * 1_000;

function openWorld() {
  const clock = { ms: 0 };
  return { clock, lease: createLease(() => clock.ms) };
}

test("a call may be done for a while after the server told its time; before that, never", () => {
  const { lease } = openWorld();
  expect(lease.until()).toBe(0);
  lease.renew(10 * second);
  expect(lease.until()).toBe(10 * second + leaseMicros);
  lease.renew(10 * second + leaseMicros);
  expect(lease.until()).toBe(10 * second + 2 * leaseMicros);
});

test("after a silence longer than that every call is late for a while", () => {
  const { lease, clock } = openWorld();
  lease.renew(10 * second);
  lease.renew(10 * second + leaseMicros + 1);
  expect(lease.until()).toBe(0);
  clock.ms = doubtMs - 1;
  lease.renew(12 * second);
  expect(lease.until()).toBe(0);
  clock.ms = doubtMs;
  expect(lease.until()).toBe(12 * second + leaseMicros);
});

test("after a lost connection, too, however short it was; but a first one that could not be made at once is none", () => {
  const { lease, clock } = openWorld();
  lease.lost();
  lease.renew(10 * second);
  expect(lease.until()).toBe(10 * second + leaseMicros);
  lease.lost();
  lease.lost();
  lease.renew(10 * second + 1);
  expect(lease.until()).toBe(0);
  clock.ms = doubtMs;
  expect(lease.until()).toBe(10 * second + 1 + leaseMicros);
});

test("a server whose clock is set back is believed", () => {
  const { lease } = openWorld();
  lease.renew(100 * second);
  lease.renew(10 * second);
  expect(lease.until()).toBe(10 * second + leaseMicros);
});
