/** What scenarios count and time, and the thresholds that all of them share. Named after what people notice. */
import { Counter, Trend } from "k6/metrics";
import type { Faults } from "./ledger.ts";

export const sent = new Counter("chat_sent");
export const acked = new Counter("chat_acked");
export const received = new Counter("chat_received");
/** Of what was received: sent while its reader was away. */
export const caughtUp = new Counter("chat_caught_up");
/** Refused for good, or not acked in time. */
export const refused = new Counter("chat_refused");
export const lost = new Counter("chat_lost");
export const doubled = new Counter("chat_doubled");
export const reordered = new Counter("chat_reordered");
/** Readings that were compared with the room to the end: one that broke off has not shown that nothing was lost. */
export const checked = new Counter("chat_checked");
/** Sockets that ended without being asked to. */
export const dropped = new Counter("chat_dropped");
export const resumed = new Counter("chat_resumed");
/** Resumings that the server could not continue from the position. */
export const reset = new Counter("chat_reset");

export const ack = new Trend("chat_ack", true);
export const delivery = new Trend("chat_delivery", true);
export const resume = new Trend("chat_resume", true);

export function countFaults(faults: Faults): void {
  lost.add(faults.lost);
  doubled.add(faults.doubled);
  reordered.add(faults.reordered);
}

export type Thresholds = Readonly<Record<string, string[]>>;

/** @param readings how many there are in all */
export function promises(readings: number): Thresholds {
  return {
    chat_lost: ["count==0"],
    chat_doubled: ["count==0"],
    chat_reordered: ["count==0"],
    chat_refused: ["count==0"],
    chat_reset: ["count==0"],
    chat_checked: [`count==${readings}`],
    chat_received: ["count>0"],
  };
}

/** @param limits in milliseconds, by the metric's name. A Trend without samples passes any threshold: see that something is counted beside it. */
export function quick(limits: Readonly<Record<string, number>>): Thresholds {
  return Object.fromEntries(Object.entries(limits).map(([name, limitMs]) => [name, [`p(95)<${limitMs}`]]));
}
