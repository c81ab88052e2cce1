/** Waits until a socket's reader has taken what was sent to it, so that no backlog grows on this side. */

/** Above this the next part waits. */
const maxBufferedBytes = 256 * 1024;

interface Draining {
  readonly data: { drained: (() => void) | undefined };
  getBufferedAmount(): number;
}

export async function untilDrained(socket: Draining): Promise<void> {
  if (socket.getBufferedAmount() <= maxBufferedBytes) return;
  const before = socket.data.drained;
  await new Promise<void>((resolve) => {
    socket.data.drained = () => {
      socket.data.drained = undefined;
      before?.();
      resolve();
    };
  });
}
