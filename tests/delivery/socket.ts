/** A WebSocket of a careful program: gives up handshakes and connections that stay silent, and keeps nothing it was given. */

const openWithinMs = 6_000;

// biome-ignore lint/suspicious/noExplicitAny: frames are looked into by whoever takes them
export type Frame = Record<string, any>;

export interface SocketOptions {
  readonly cookie?: string;
  readonly origin?: string;
  readonly onFrame: (frame: Frame) => void;
  /** Missing: it may be silent for ever. */
  readonly silentForMs?: number;
}

export interface TestSocket {
  send(frame: unknown): void;
  close(): void;
  /** Resolves with the close code. */
  readonly ended: Promise<number>;
}

/** @throws Error "refused: CODE" */
export async function openSocket(url: string, options: SocketOptions): Promise<TestSocket> {
  const { cookie, origin, onFrame, silentForMs } = options;
  const headers = { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) };
  // Bun's WebSocket takes headers, and can be ended without a farewell; the DOM's type does not know.
  const socket = new WebSocket(url.replace("http", "ws"), { headers } as unknown as string[]) as WebSocket & {
    terminate(): void;
  };
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  const end = (code: number) => {
    clearTimeout(timer);
    opened.reject(new Error(`refused: ${code}`));
    ended.resolve(code);
  };
  const cut = () => {
    socket.terminate();
    end(0);
  };
  let timer = setTimeout(cut, openWithinMs);
  const listen = () => {
    clearTimeout(timer);
    if (silentForMs !== undefined) timer = setTimeout(cut, silentForMs);
  };
  socket.addEventListener("open", () => {
    listen();
    opened.resolve();
  });
  socket.addEventListener("message", ({ data }) => {
    listen();
    // Several may share one, a line each.
    for (const line of String(data).split("\n")) onFrame(JSON.parse(line));
  });
  socket.addEventListener("close", ({ code }) => end(code));
  socket.addEventListener("error", () => end(0));
  await opened.promise;
  return { send: (frame) => socket.send(JSON.stringify(frame)), close: cut, ended: ended.promise };
}
