/**
 * The worker thread in which PGlite runs, since its queries would stop the event loop. Answers the calls of pglite-
 * thread.ts one after another, in the order they came. Knows nothing of transactions: those are statements like
 * others.
 */
import { rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import type { RowShape } from "./database.ts";
import { onDisk } from "./pglite-disk.ts";
import { putInPlace, syncAll } from "./sync.ts";
import { int8Type, parseInt8, parseTime, timestamptzType } from "./values.ts";

export type Call =
  | { readonly kind: "create"; readonly folder: string }
  | { readonly kind: "open"; readonly folder: string }
  | { readonly kind: "run"; readonly text: string; readonly params: readonly unknown[]; readonly shape: RowShape }
  | { readonly kind: "close" };

export type Asked = Call & { readonly id: number };

export interface Failure {
  readonly message: string;
  /** Present when Postgres itself refused. */
  readonly sqlState?: string;
  readonly constraint?: string;
  /** PGlite can't be used any more. */
  readonly fatal?: true;
}

export type Answer =
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly failure: Failure };

declare const self: Worker;

/** Small segments of the write-ahead log halve the time a new database takes. */
const initOptions = ["--wal-segsize=1", "--no-sync"];
/** Bitmap scans are what the planner takes without statistics; they read all unread messages where a hundred do. */
const session = "set timezone to 'UTC'; set datestyle to 'ISO'; set enable_bitmapscan to off";
const parsers = { [timestamptzType]: parseTime, [int8Type]: parseInt8 };

let database: PGlite | undefined;
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  last = last.then(async () => self.postMessage(await answer(data)));
};

async function answer(asked: Asked): Promise<Answer> {
  try {
    return { id: asked.id, rows: await perform(asked) };
  } catch (error) {
    return { id: asked.id, failure: failureOf(error) };
  }
}

async function perform(call: Call): Promise<readonly unknown[]> {
  switch (call.kind) {
    case "create":
      await create(call.folder);
      return [];
    case "open":
      database = await PGlite.create(onDisk(call.folder));
      await database.exec(session);
      return [];
    case "run": {
      if (database === undefined) throw new Error("PGlite is not open");
      const rowMode = call.shape === "arrays" ? "array" : "object";
      return (await database.query(call.text, [...call.params], { rowMode, parsers })).rows;
    }
    case "close":
      await database?.close();
      database = undefined;
      return [];
  }
}

/** Made aside and then moved into place, so that a process killed meanwhile leaves no half of a database. */
async function create(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const fresh = await PGlite.create({ ...onDisk(unfinished), initDbStartParams: initOptions });
  await fresh.close();
  syncAll(unfinished);
  putInPlace(unfinished, folder);
}

/** Emscripten throws objects that are no errors. */
function describe(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { name, message, status } = thrown as Readonly<Record<string, unknown>>;
  return (
    [name, message, status === undefined ? undefined : `status ${status}`].filter(Boolean).join(", ") ||
    "no reason given"
  );
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: describe(error), fatal: true };
  const { message, name } = error;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) {
    return { message, sqlState: code, ...(typeof constraint === "string" ? { constraint } : {}) };
  }
  return error instanceof WebAssembly.RuntimeError || name === "ExitStatus" ? { message, fatal: true } : { message };
}
