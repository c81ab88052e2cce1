/** How often the events of a busy room leave. What leaves together costs one write per socket, however much it is. */

/** The first event after a pause leaves at once; those that follow it this closely leave together. */
export const shortestTickMs = 20;
/** So that nobody feels it. */
export const longestTickMs = 125;
/** A write takes some 5 µs: so a room's writes take a thirteenth of a gateway's time, however fast its events come, up to 1,900 sockets. */
const perSocketMs = 0.065;

/** @param sockets that take the room's events here */
export function tickMs(sockets: number): number {
  return Math.min(longestTickMs, Math.max(shortestTickMs, sockets * perSocketMs));
}
