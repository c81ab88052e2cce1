/**
 * A Database in PGlite: makes it, opens it, keeps transactions apart, and starts the thread again after it was lost.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Database, DatabaseLost, queriesOver, type Run } from "./database.ts";
import { type PgliteThread, startPgliteThread } from "./pglite-thread.ts";

/** Which Postgres PGlite is: its files are no other one's. */
export const pgliteMajor = "18";

/** `folder` must not be open anywhere else: PGlite itself does not notice. */
export async function openPgliteFolder(
  folder: string,
  startThread: () => PgliteThread = startPgliteThread,
): Promise<Database> {
  const version = await versionOf(folder);
  if (version === undefined) await create(folder, startThread);
  else if (version !== pgliteMajor)
    throw new Error(`it is of Postgres ${version || "?"}, and this Superchat reads ${pgliteMajor}.`);
  let thread = await open(folder, startThread);
  let reopening: Promise<PgliteThread> | undefined;
  let closed = false;
  /** Resolves when every transaction asked for so far is over. */
  let transactions: Promise<void> = Promise.resolve();

  async function current(): Promise<PgliteThread> {
    if (closed) throw new DatabaseLost("The database is closed.");
    if (!thread.lost) return thread;
    reopening ??= reopen().finally(() => {
      reopening = undefined;
    });
    return await reopening;
  }

  async function reopen(): Promise<PgliteThread> {
    await thread.stop();
    thread = await open(folder, startThread);
    return thread;
  }

  async function transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const before = transactions;
    const turn = Promise.withResolvers<void>();
    transactions = turn.promise;
    await before;
    try {
      return await inTransaction(await current(), work);
    } finally {
      turn.resolve();
    }
  }

  const run: Run = async (text, params, shape) => {
    await transactions;
    return await (thread.lost || closed ? await current() : thread).call({ kind: "run", text, params, shape });
  };

  return {
    queries: queriesOver(run),
    run,
    transaction: async (work) => await transaction(async (run) => await work(queriesOver(run))),
    async close() {
      if (closed) return;
      await transactions;
      closed = true;
      await reopening?.catch(() => undefined);
      if (!thread.lost) await thread.call({ kind: "close" });
      await thread.stop();
    },
  };
}

/** Stays on the thread it began on: should that be lost, so is the transaction. */
async function inTransaction<T>(thread: PgliteThread, work: (run: Run) => Promise<T>): Promise<T> {
  const run: Run = async (text, params, shape) => await thread.call({ kind: "run", text, params, shape });
  await run("begin", [], "arrays");
  try {
    const result = await work(run);
    await run("commit", [], "arrays");
    return result;
  } catch (error) {
    // A failed rollback means that the thread is lost, and the transaction with it.
    await run("rollback", [], "arrays").catch(() => thread.stop());
    throw error;
  }
}

async function open(folder: string, startThread: () => PgliteThread): Promise<PgliteThread> {
  const thread = startThread();
  try {
    await thread.call({ kind: "open", folder });
    return thread;
  } catch (error) {
    await thread.stop();
    throw error;
  }
}

/** In a thread of its own, whose end gives the gigabyte back that it takes. */
async function create(folder: string, startThread: () => PgliteThread): Promise<void> {
  const thread = startThread();
  try {
    await thread.call({ kind: "create", folder });
  } finally {
    await thread.stop();
  }
}

/** Of the Postgres that made the database in this folder; undefined when there is none. */
async function versionOf(folder: string): Promise<string | undefined> {
  return await readFile(join(folder, "PG_VERSION"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
