/** The page's socket as a test drives it: sends frames, keeps what came, and checks that runs have no holes or repeats. */
import type { ApiPerson } from "./api-person.ts";
import { until } from "./wait.ts";

// biome-ignore lint/suspicious/noExplicitAny: frames are looked into by tests
export type Frame = Record<string, any>;

export interface LivePage {
  readonly frames: Frame[];
  /** Offsets of the runs, in the order they came. */
  offsets(): number[];
  /** The HTML of all runs. */
  html(): string;
  send(frame: unknown): void;
  /** The first frame that fits, waited for. */
  frame(fits: (frame: Frame) => boolean, what?: string): Promise<Frame>;
  /** How the socket ended, waited for. */
  ended(deadlineMs?: number): Promise<{ code: number; atMs: number }>;
  close(): void;
}

export interface LiveOptions {
  readonly cookie?: string;
  readonly origin?: string | undefined;
  readonly query?: string;
}

export async function openLive(base: string, { cookie, query = "", ...rest }: LiveOptions): Promise<LivePage> {
  const origin = "origin" in rest ? rest.origin : base;
  const headers = { ...(cookie ? { cookie } : {}), ...(origin ? { origin } : {}) };
  // Bun's WebSocket takes headers; the DOM's type does not know.
  const socket = new WebSocket(`${base.replace("http", "ws")}/live${query}`, { headers } as unknown as string[]);
  const frames: Frame[] = [];
  let end: { code: number; atMs: number } | undefined;
  socket.addEventListener("message", ({ data }) => void frames.push(JSON.parse(String(data))));
  socket.addEventListener("close", ({ code }) => {
    end = { code, atMs: performance.now() };
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", ({ code }) => reject(new Error(`refused: ${code}`)));
    socket.addEventListener("error", () => reject(new Error("refused")));
  });
  return {
    frames,
    offsets: () =>
      frames.flatMap(({ run }) => (run ? Array.from({ length: run.to - run.from + 1 }, (_, n) => run.from + n) : [])),
    html: () => frames.map(({ content }) => content ?? "").join(""),
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    frame: (fits, what = "the frame") => until(() => frames.find(fits), { what }),
    ended: (deadlineMs = 5_000) => until(() => end, { deadlineMs, what: "the end of the socket" }),
    close: () => socket.close(),
  };
}

/** Looks at a room as its page does, from its newest offset or an older one, until it is caught up. */
export async function lookAt(base: string, who: ApiPerson, room: { id: string }, after?: number): Promise<LivePage> {
  const { epoch, offset } = (await who.get(`/rooms/${room.id}`)).body.room;
  const page = await openLive(base, {
    cookie: cookieOf(who),
    query: `?room=${room.id}&epoch=${epoch}&after=${after ?? offset}`,
  });
  await page.frame(({ caughtUp }) => caughtUp !== undefined, "being caught up");
  return page;
}

export function cookieOf({ token }: ApiPerson): string {
  return `superchat_access=${token}`;
}
