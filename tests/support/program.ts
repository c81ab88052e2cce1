/** A program's socket as a test drives it by hand: sends commands, keeps every reply and push in the order they came. */
import { until } from "./wait.ts";

// biome-ignore lint/suspicious/noExplicitAny: replies are looked into by tests
export type Reply = Record<string, any>;

export interface Program {
  /** Everything but pings, in order; each line of a frame is one. */
  readonly replies: Reply[];
  /** As they came: a frame may hold several replies. */
  readonly frames: string[];
  /** Sends a command under a fresh id, and waits for its reply. */
  call(command: Record<string, unknown>): Promise<Reply>;
  /** As it is. */
  send(frame: string): void;
  publications(channel: string): Reply[];
  /** Offsets of all publications of a channel, those in replies to `subscribe` included. */
  offsets(channel: string): number[];
  /** The first push or reply that fits, waited for. */
  reply(fits: (reply: Reply) => boolean, what?: string): Promise<Reply>;
  ended(deadlineMs?: number): Promise<{ code: number; reason: string; atMs: number }>;
  close(): void;
}

export interface ProgramOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** False: pings are left unanswered. */
  readonly answers?: boolean;
}

/** Opens and nothing more. */
export async function openProgram(
  base: string,
  { headers = {}, answers = true }: ProgramOptions = {},
): Promise<Program> {
  // Bun's WebSocket takes headers; the DOM's type does not know.
  const options = { headers } as unknown as string[];
  const socket = new WebSocket(`${base.replace("http", "ws")}/connection/websocket`, options);
  const replies: Reply[] = [];
  const frames: string[] = [];
  let end: { code: number; reason: string; atMs: number } | undefined;
  let id = 0;
  socket.addEventListener("message", ({ data }) => {
    frames.push(String(data));
    for (const line of String(data).split("\n")) {
      if (line !== "{}") replies.push(JSON.parse(line));
      else if (answers) socket.send("{}");
    }
  });
  socket.addEventListener("close", ({ code, reason }) => {
    end = { code, reason, atMs: performance.now() };
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", ({ code }) => reject(new Error(`refused: ${code}`)));
    socket.addEventListener("error", () => reject(new Error("refused")));
  });
  const publications = (channel: string) =>
    replies.flatMap(({ push }) => (push?.channel === channel && push.pub ? [push.pub] : []));
  return {
    replies,
    frames,
    call(command) {
      id += 1;
      const own = id;
      socket.send(JSON.stringify({ id: own, ...command }));
      return until(
        () => {
          const reply = replies.find(({ id }) => id === own);
          if (reply === undefined && end !== undefined) throw new Error(`ended with ${end.code}`);
          return reply;
        },
        { what: `the reply to ${JSON.stringify(command).slice(0, 100)}` },
      );
    },
    send: (frame) => socket.send(frame),
    publications,
    offsets: (channel) => {
      const given = replies.flatMap(({ subscribe }) => subscribe?.publications ?? []);
      return [...given, ...publications(channel)].map(({ offset }) => offset);
    },
    reply: (fits, what = "the reply") => until(() => replies.find(fits), { what }),
    ended: (deadlineMs = 5_000) => until(() => end, { deadlineMs, what: "the end of the socket" }),
    close: () => socket.close(),
  };
}

/** Opens and connects with a token. */
export async function connectProgram(base: string, { token, ...options }: ProgramOptions): Promise<Program> {
  const program = await openProgram(base, options);
  const { error } = await program.call({ connect: token === undefined ? {} : { token } });
  if (error) throw new Error(`not connected: ${JSON.stringify(error)}`);
  return program;
}
