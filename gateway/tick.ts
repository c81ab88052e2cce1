/** How often the events of a busy room leave. What leaves together costs one write per socket, however much it is. */

/** The first event after a pause leaves at once; those that follow it this closely leave together. */
export const shortestTickMs = 20;
/** So that nobody feels it. */
export const longestTickMs = 125;
/** A write takes some 5 µs: up to 2,500 sockets take a tenth of a gateway's time for a room's writes, however fast its events come. */
const perSocketMs = 0.05;

/** @param sockets that take the room's events here */
export function tickMs(sockets: number): number {
  return Math.min(longestTickMs, Math.max(shortestTickMs, sockets * perSocketMs));
}
