/**
 * Until when what is sent ahead of the writer may be done, by the server's clock. A call can lie in the socket of a frozen server long
 * after its gateway gave it up; done at the thaw, in whatever order sockets are read, it would overtake what was said before it.
 */

/**
 * After the server last told its time. Shorter than the silence after which a connection is given up (connection.ts), so whatever lies
 * in a frozen server's sockets when the first gateway gives up is too late; longer than two looks.
 */
export const leaseMs = 1_500;
/**
 * Who has not heard the server's time for longer can't know whether others gave it up meanwhile, and leaves it to the writer until
 * these are back and have marked their rooms.
 */
export const doubtMs = 3_000;

/** Of one server, over all connections to it. */
export interface Lease {
  /** The server has told its time, in microseconds. */
  renew(toldAt: number): void;
  /** There is no connection. */
  lost(): void;
  /** By the server's clock, in microseconds; 0 while in doubt. */
  until(): number;
}

export function createLease(now = () => performance.now()): Lease {
  let until: number | undefined;
  let doubtEndsAt = Number.NEGATIVE_INFINITY;
  return {
    renew(toldAt) {
      if (until !== undefined && toldAt > until) doubtEndsAt = now() + doubtMs;
      until = toldAt + leaseMs * 1_000;
    },
    lost() {
      if (until !== undefined) until = 0;
    },
    until: () => (now() < doubtEndsAt ? 0 : (until ?? 0)),
  };
}
