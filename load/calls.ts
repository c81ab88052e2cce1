/** Calls over a WebSocket that are answered by their number, any of them on their way at once: how long each takes. Knows no protocol. */

export interface Calls {
  /** @param frameOf what is said for the call of this number. @returns milliseconds until its answer */
  call(frameOf: (id: number) => string): Promise<number>;
  say(frame: string): void;
  close(): void;
}

/** @param problem undefined when all is well */
export type Answered = (id: number, problem?: string) => void;

interface Waiting {
  readonly since: number;
  readonly resolve: (ms: number) => void;
  readonly reject: (error: Error) => void;
}

/** @param hear each frame, with a way to say that a call was answered */
export async function openCalls(
  address: string,
  hear: (frame: string, answered: Answered, calls: Pick<Calls, "say">) => void,
): Promise<Calls> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const say = (frame: string) => socket.send(frame);
  const answered: Answered = (id, problem) => {
    const call = waiting.get(id);
    if (call === undefined) return;
    waiting.delete(id);
    if (problem === undefined) call.resolve(performance.now() - call.since);
    else call.reject(new Error(`refused: ${problem}`));
  };
  socket.addEventListener("message", ({ data }) => hear(String(data), answered, { say }));
  socket.addEventListener("close", ({ code, reason }) => {
    for (const { reject } of waiting.values()) reject(new Error(`the socket ended: ${code} ${reason}`));
    waiting.clear();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the socket was refused")));
  });
  return {
    call(frameOf) {
      if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("the socket has ended"));
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      last += 1;
      waiting.set(last, { since: performance.now(), resolve, reject });
      say(frameOf(last));
      return promise;
    },
    say,
    close: () => socket.close(),
  };
}
