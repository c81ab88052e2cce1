/**
 * One life of the PGlite worker thread, seen from the main thread: calls and their answers. Does not start it again.
 */
import { DatabaseLost, QueryRefused } from "./database.ts";
import type { Answer, Asked, Call, Failure } from "./pglite-worker.ts";

/** Calls that may wait for their answer; more means that PGlite can't keep up, and they are refused. */
export const maxPendingCalls = 10_000;

export interface PgliteThread {
  /** @throws DatabaseLost, QueryRefused */
  call(call: Call): Promise<unknown[]>;
  /** Ends the thread at once; pending calls fail. Resolves when it has ended. */
  stop(): Promise<void>;
  /** True once the thread has ended or its PGlite has failed for good. */
  readonly lost: boolean;
}

interface Pending {
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: Error) => void;
}

export function startPgliteThread(): PgliteThread {
  const worker = new Worker(new URL("./pglite-worker.ts", import.meta.url).href);
  const pending = new Map<number, Pending>();
  const ended = Promise.withResolvers<void>();
  let nextId = 1;
  let lost = false;

  function lose(message: string): void {
    if (!lost) {
      lost = true;
      worker.terminate();
    }
    for (const { reject } of pending.values()) reject(new DatabaseLost(message));
    pending.clear();
  }

  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const caller = pending.get(data.id);
    pending.delete(data.id);
    if ("rows" in data) return caller?.resolve([...data.rows]);
    caller?.reject(errorOf(data.failure));
    if (data.failure.fatal) lose(`PGlite failed: ${data.failure.message}`);
  };
  worker.onerror = (event) => lose(`PGlite's thread failed: ${event.message}`);
  worker.addEventListener("close", () => {
    lose("PGlite's thread has ended.");
    ended.resolve();
  });

  return {
    get lost() {
      return lost;
    },
    call(call) {
      if (lost) return Promise.reject(new DatabaseLost("PGlite's thread has ended."));
      if (pending.size >= maxPendingCalls) return Promise.reject(new DatabaseLost("Too many calls wait for PGlite."));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        worker.postMessage({ ...call, id } satisfies Asked);
      });
    },
    async stop() {
      lose("PGlite was stopped.");
      await ended.promise;
    },
  };
}

function errorOf({ message, sqlState, constraint, fatal }: Failure): Error {
  if (sqlState !== undefined) return new QueryRefused(message, sqlState, constraint);
  return fatal ? new DatabaseLost(`PGlite failed: ${message}`) : new Error(message);
}
