/** Keeps unsent messages in IndexedDB, shared by all tabs; in memory where the browser refuses that. */
import type { Refusal } from "./frames.ts";
import type { Quoted } from "./quotes.ts";

export interface Entry {
  readonly id: string;
  /** Whose message it is: never sent or shown for anyone else. */
  readonly user: string;
  readonly room: string;
  readonly text: string;
  readonly replyTo?: Quoted;
  readonly at: number;
  /** The page life that made it. */
  readonly life: string;
  readonly refusal?: Refusal;
}

export interface OutboxStore {
  put(entry: Entry): Promise<void>;
  remove(id: string): Promise<void>;
  /** The user's unsent messages in the order they were written. */
  list(user: string): Promise<Entry[]>;
  /** Removes the messages of everybody else. */
  keepOnly(user: string): Promise<void>;
}

const DATABASE = "superchat";
const ENTRIES = "outbox";
/** A database that does not answer in this time is taken as absent. */
const ANSWER_MAX_MS = 2_000;

export function openOutboxStore(): OutboxStore {
  const memory = new Map<string, Entry>();
  let database: Promise<IDBDatabase> | undefined;

  async function ask<T>(mode: IDBTransactionMode, question: (entries: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    try {
      database ??= openDatabase();
      return await inTime(transact(await inTime(database), mode, question));
    } catch (error) {
      database = undefined;
      throw error;
    }
  }

  return {
    async put(entry) {
      try {
        await ask("readwrite", (entries) => entries.put(entry));
      } catch {
        memory.set(entry.id, entry);
      }
    },
    async remove(id) {
      memory.delete(id);
      await ask("readwrite", (entries) => entries.delete(id)).catch(() => undefined);
    },
    async list(user) {
      const stored: Entry[] = await ask("readonly", (entries) => entries.getAll()).catch(() => []);
      const all = new Map([...stored, ...memory.values()].map((entry) => [entry.id, entry]));
      return [...all.values()].filter((entry) => entry.user === user).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async keepOnly(user) {
      for (const { id } of [...memory.values()].filter((entry) => entry.user !== user)) memory.delete(id);
      const stored: Entry[] = await ask("readonly", (entries) => entries.getAll()).catch(() => []);
      const others = stored.filter((entry) => entry.user !== user);
      for (const { id } of others) await ask("readwrite", (entries) => entries.delete(id)).catch(() => undefined);
    },
  };
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(ENTRIES, { keyPath: "id" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
  });
}

/** Resolves when the transaction is complete, not merely when the request succeeded. */
function transact<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  question: (entries: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(ENTRIES, mode);
    const request = question(transaction.objectStore(ENTRIES));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The database does not answer.")), ANSWER_MAX_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
