/** How often the events of a busy room leave. What leaves together costs one write per socket, however much it is. */

/** The first event after a pause leaves at once; those that follow it this closely leave together. */
export const shortestTickMs = 20;
/** So that nobody feels it. */
export const longestTickMs = 200;
/** A write takes some 5 µs: a room takes no more than a fifth of a gateway's time for its writes, however fast its events come. */
const perSocketMs = 0.025;

/** @param sockets that take the room's events here */
export function tickMs(sockets: number): number {
  return Math.min(longestTickMs, Math.max(shortestTickMs, sockets * perSocketMs));
}
