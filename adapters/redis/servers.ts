/**
 * The servers behind one Redis: a single one, or the masters of a cluster. Knows which of them has a slot, sends function
 * calls there, and follows when slots move. Tries nothing twice that may have been done: callers are idempotent.
 */
import { unavailable } from "#domain/errors.ts";
import { type FunctionName, functionCall, isFunctionMissing, librarySource } from "./library.ts";
import { pause } from "./pause.ts";
import { type Command, openServer, type Server, type Trouble } from "./server.ts";
import { readSlots } from "./slot-table.ts";
import { slotCount, slotOf } from "./slots.ts";

/** The table of slots is read again this often, and at most this often when something hints at a change. */
const refreshEveryMs = 10_000;
const refreshAtMostEveryMs = 250;
/** How often one call follows a slot that moves. */
const maxRedirects = 3;

export interface ServersOptions {
  readonly urls: readonly string[];
  /** With several servers: each has a part of the slots. */
  readonly cluster: boolean;
  readonly report: (trouble: Trouble) => void;
}

export interface Servers {
  /** Calls a function where its first key is. @throws ChatError unavailable */
  call(name: FunctionName, keys: readonly string[], args: Command): Promise<unknown>;
  /** Sends a command where the key (or sharded channel) is. @throws ChatError unavailable */
  send(key: string, command: readonly string[]): Promise<unknown>;
  /** In groups whose keys one call may name: those of one slot in a cluster, all of them on a single server. */
  together<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[];
  /** Undefined while no server is known to have the slot. */
  having(slot: number): Server | undefined;
  /** Tells when a server can take subscriptions, or slots have moved. */
  onChange(listener: () => void): void;
  /** Messages of sharded channels. */
  onMessage(listener: (message: string, channel: string) => void): void;
  /** The server that had a sharded channel does not have it any more. */
  onMoved(listener: (channel: string) => void): void;
  /** Every slot has a server, and each of them answers. */
  areReady(): boolean;
  refresh(): Promise<void>;
  close(): void;
}

export function createServers({ urls, cluster, report }: ServersOptions): Servers {
  const byUrl = new Map<string, Server>();
  const changed: (() => void)[] = [];
  const moved: ((channel: string) => void)[] = [];
  const heard: ((message: string, channel: string) => void)[] = [];
  let table: readonly (Server | undefined)[] = [];
  let refreshing: Promise<void> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  const tell = () => {
    for (const listener of changed) listener();
  };

  function serverAt(url: string): Server {
    const known = byUrl.get(url);
    if (known !== undefined) return known;
    const server = openServer(url, {
      onUp: tell,
      onMessage: (message, channel) => {
        for (const listener of heard) listener(message, channel);
      },
      onMoved(channel) {
        for (const listener of moved) listener(channel);
      },
      onDown(trouble) {
        report(trouble);
        if (cluster) void refresh();
      },
    });
    byUrl.set(url, server);
    return server;
  }

  function refresh(): Promise<void> {
    if (!cluster || closed || performance.now() - refreshedAt < refreshAtMostEveryMs) {
      return refreshing ?? Promise.resolve();
    }
    refreshedAt = performance.now();
    refreshing = rebuild().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  /** Leaves everything as it is when nobody answers. */
  async function rebuild(): Promise<void> {
    const ranges = await readSlots(urls, [...byUrl.values()]);
    if (ranges === undefined || closed) return;
    const next: (Server | undefined)[] = new Array(slotCount).fill(undefined);
    for (const { from, to, url } of ranges) next.fill(serverAt(url), from, to + 1);
    table = next;
    const used = new Set(next);
    for (const [url, server] of byUrl) {
      if (used.has(server)) continue;
      byUrl.delete(url);
      server.close();
    }
    tell();
  }

  async function send(key: string, command: Command): Promise<unknown> {
    for (let redirects = 0; ; redirects += 1) {
      try {
        const live = table[slotOf(key)]?.commands.current();
        if (live === undefined) throw new Error("There is no connection to the server that has it.");
        return await live.send(command);
      } catch (error) {
        const last = redirects === maxRedirects;
        if (last || !(isMoved(error) || isFunctionMissing(error))) {
          throw unavailable("Live messages are away for the moment; try again shortly.", error);
        }
        if (isFunctionMissing(error)) await load(key);
        else await refresh();
        // A table that was read a moment ago is not read again at once.
        if (redirects > 0) await pause(refreshAtMostEveryMs);
      }
    }
  }

  /** FLUSHALL leaves functions alone, FUNCTION FLUSH does not. Should it fail, the call fails again. */
  async function load(key: string): Promise<void> {
    const live = table[slotOf(key)]?.commands.current();
    await live?.send(["FUNCTION", "LOAD", "REPLACE", librarySource]).catch(() => undefined);
  }

  const timer = setInterval(() => void refresh(), refreshEveryMs);
  if (cluster) void refresh();
  else table = new Array(slotCount).fill(serverAt(urls[0] ?? ""));

  return {
    call(name, keys, args) {
      const command: Command =
        typeof args === "function" ? (until) => functionCall(name, keys, args(until)) : functionCall(name, keys, args);
      return send(keys[0] ?? "", command);
    },
    send,
    together(items, keyOf) {
      if (cluster) return [...Map.groupBy(items, (item) => slotOf(keyOf(item))).values()];
      return items.length === 0 ? [] : [items];
    },
    having: (slot) => table[slot],
    onChange: (listener) => void changed.push(listener),
    onMessage: (listener) => void heard.push(listener),
    onMoved: (listener) => void moved.push(listener),
    areReady() {
      if (table.length === 0 || table.includes(undefined)) return false;
      return [...byUrl.values()].every((server) => server.commands.current() && server.subscriber.current());
    },
    refresh,
    close() {
      closed = true;
      clearInterval(timer);
      for (const server of byUrl.values()) server.close();
    },
  };
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("MOVED ");
}
