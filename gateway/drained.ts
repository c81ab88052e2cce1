/**
 * What is made for one socket waits until its reader has taken what was sent before, and is made one part after the other: so no
 * backlog grows on this side, whatever is asked for at once.
 */

/** Above this the next part waits. With it, and a part, a socket stays well below the backlog at which it is ended. */
export const maxBufferedBytes = 128 * 1024;
/** A reader who has as much waiting as so long ago, or more, is given up, whatever it took meanwhile: it comes back, and resumes. */
export const stalledAfterMs = 60_000;

interface Draining {
  readonly data: {
    /** Called when what was buffered has gone out, and when the socket has closed. */
    drained: (() => void) | undefined;
    readonly closed: boolean;
  };
  getBufferedAmount(): number;
  terminate(): void;
}

interface Lined extends Draining {
  readonly data: Draining["data"] & {
    /** The end of the queue of what is made for this socket alone. */
    line: Promise<unknown>;
  };
}

export function isBehind(socket: Draining): boolean {
  return !socket.data.closed && socket.getBufferedAmount() > maxBufferedBytes;
}

export async function untilDrained(socket: Draining, stalledMs = stalledAfterMs): Promise<void> {
  while (isBehind(socket)) await drainedOnce(socket, stalledMs);
}

/** Does work that sends to this socket when what was asked for before has been sent, and taken. */
export async function inLine<T>(socket: Lined, work: () => Promise<T>): Promise<T> {
  const own = socket.data.line.then(async () => {
    await untilDrained(socket);
    return await work();
  });
  socket.data.line = own.catch(() => undefined);
  return await own;
}

async function drainedOnce(socket: Draining, stalledMs: number): Promise<void> {
  const before = socket.data.drained;
  const buffered = socket.getBufferedAmount();
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.data.drained = undefined;
      before?.();
      resolve();
    };
    socket.data.drained = done;
    timer = setTimeout(() => {
      if (!socket.data.closed && socket.getBufferedAmount() >= buffered) socket.terminate();
      resolve();
    }, stalledMs).unref();
  });
  clearTimeout(timer);
}
