/**
 * Keeps kafkajs 2.2.4 from waking its process a thousand times a second for ever: from the first answer of a broker on it asks every
 * millisecond whether a request waits. Only requests that do wait, for a throttle to end, need to be asked about: a request
 * that joins them asks by itself, and one that waits for others is looked at when those are answered (kafkajs issues 1704, 1751).
 */
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

let calmed = false;

/** For all clients of this process; again changes nothing. */
export function calmRequestQueues(): void {
  if (calmed) return;
  calmed = true;
  const { prototype } = RequestQueue;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function whenSomethingWaits(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
