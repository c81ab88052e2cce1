/**
 * One connection to one server, made anew whenever it is lost. Each client object of node-redis lives for one connection
 * only, so nothing is ever sent to a process other than the one it was meant for, and nothing is sent late.
 */
import { createClient } from "redis";
import { pause, within } from "./pause.ts";

/** A connection that is not usable after this long is tried anew. */
const connectWithinMs = 5_000;
/** Pauses between tries double from the first to the longest. */
const firstPauseMs = 50;
const longestPauseMs = 1_000;
/** A server that says nothing for this many looks in a row is taken as lost: 2 s. Counted in turns of our own loop, so
 * that a process that was starved itself does not blame the server. */
const lookEveryMs = 500;
const maxSilentLooks = 4;
/** Commands waiting for an answer; further ones are refused at once. */
const maxCommandsInFlight = 20_000;

export type Client = ReturnType<typeof newClient>;

export interface Connection<Ready> {
  /** Undefined while it is lost. */
  current(): Ready | undefined;
  close(): void;
}

export interface ConnectionEvents<Ready> {
  /** What has to be done before a new connection is used. */
  prepare(client: Client, watch: Pick<Watch, "heard">): Promise<Ready>;
  /** What a server is asked to find out whether it answers. */
  ask(client: Client): Promise<unknown>;
  onUp?(ready: Ready): void;
  onDown?(reason: unknown): void;
}

export function openConnection<Ready>(url: string, events: ConnectionEvents<Ready>): Connection<Ready> {
  const ending = new AbortController();
  let ready: Ready | undefined;

  /** @returns whether it came to be used */
  async function connectOnce(): Promise<boolean> {
    const client = newClient(url);
    const watch = watched(client, events.ask, ending.signal);
    let reason: unknown;
    try {
      const connecting = client.connect().then(() => events.prepare(client, watch));
      const waited = Promise.race([connecting, watch.lost]);
      ready = await within(connectWithinMs, `No answer within ${connectWithinMs} ms.`, waited);
      events.onUp?.(ready);
      await watch.lost;
    } catch (error) {
      reason = error;
    }
    const wasUp = ready !== undefined;
    ready = undefined;
    watch.end();
    client.destroy();
    if (!ending.signal.aborted) events.onDown?.(reason);
    return wasUp;
  }

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; ) {
      failures = (await connectOnce()) ? 0 : failures + 1;
      const full = Math.min(firstPauseMs * 2 ** Math.min(failures, 30), longestPauseMs);
      await pause((full * (1 + Math.random())) / 2, ending.signal);
    }
  }

  void stayConnected();
  return { current: () => ready, close: () => ending.abort() };
}

interface Watch {
  /** Rejects when the connection is lost, the server silent, or all is to end. */
  readonly lost: Promise<never>;
  /** To be told of whatever the server says. */
  heard(): void;
  end(): void;
}

function watched(client: Client, ask: (client: Client) => Promise<unknown>, ending: AbortSignal): Watch {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  let silentLooks = 0;
  let asked = false;
  const heard = () => {
    silentLooks = 0;
  };
  const look = () => {
    if (!client.isReady) return;
    if (silentLooks >= maxSilentLooks) return reject(new Error("The server does not answer."));
    silentLooks += 1;
    if (asked) return;
    asked = true;
    const answered = () => {
      asked = false;
      heard();
    };
    ask(client).then(answered, reject);
  };
  const close = () => reject(new Error("Closed."));
  const timer = setInterval(look, lookEveryMs);
  // Without a listener of its own, an error event would end the process.
  client.on("error", reject);
  client.on("end", close);
  ending.addEventListener("abort", close, { once: true });
  const end = () => {
    clearInterval(timer);
    ending.removeEventListener("abort", close);
  };
  return { lost, heard, end };
}

function newClient(url: string) {
  return createClient({
    url,
    socket: { reconnectStrategy: false, connectTimeout: connectWithinMs },
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommandsInFlight,
    maintNotifications: "disabled",
    // Off: it would only cover commands that are not written yet, at the price of a timer for each.
    commandOptions: { timeout: 0 },
  });
}

/** Connects, asks and leaves. */
export async function askOnce<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = newClient(url);
  client.on("error", () => undefined);
  try {
    return await within(
      connectWithinMs,
      `No answer within ${connectWithinMs} ms.`,
      client.connect().then(() => ask(client)),
    );
  } finally {
    client.destroy();
  }
}
