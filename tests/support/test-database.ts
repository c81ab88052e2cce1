/**
 * Databases of a real Postgres for tests: one server for a process of tests, in memory where there is room, and for each who asks a
 * copy of one that has all tables. It waits for no disk: what is tried here is not what a power cut leaves.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { migrated } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { databaseUser, makeFolder, serverUserId, socketIn } from "#db/native/folder.ts";
import { findPostgres } from "#db/native/programs.ts";
import { type NativeServer, startNativeServer } from "#db/native/server.ts";
import { openPostgresServer } from "#db/postgres.ts";
import { makeOwnFolder } from "../../scripts/services/own-folder.ts";
import { memoryOrDisk } from "./memory-folder.ts";

const template = "template_of_tests";
/** One for a transaction, one beside it. */
const connections = 2;
const settings = { fsync: "off", full_page_writes: "off", max_connections: "400", wal_level: "minimal" };

interface TestServer {
  open(database: string, count?: number, name?: string): Promise<Database>;
  readonly admin: Database;
}

let server: Promise<TestServer> | undefined;
let copies = 0;

/** With all tables and no rows. It is gone when it is closed. */
export const freshDatabase = () => copyOf(template);

/** Without tables. */
export const emptyDatabase = () => copyOf("template0");

export type CopiedDatabase = Database & { readonly name: string };

async function copyOf(original: string): Promise<CopiedDatabase> {
  server ??= start();
  const { admin, open } = await server;
  const name = `test_${++copies}`;
  // A copy of files is quick where nothing waits for the disk.
  await admin.run(`create database ${name} template ${original} strategy file_copy`, [], "objects");
  const database = await open(name);
  return {
    ...database,
    name,
    async close() {
      await database.close();
      await admin.run(`drop database ${name} with (force)`, [], "objects");
    },
  };
}

/** The same database once more, by a process that gives itself another name. */
export async function openAs({ name: database }: { readonly name: string }, name: string): Promise<Database> {
  server ??= start();
  return await (await server).open(database, 1, name);
}

export type TestStores = ReturnType<typeof openPostgresStores>;

/** The stores on such a database. */
export async function freshStores(): Promise<{
  readonly stores: TestStores;
  readonly database: Database;
  close(): Promise<void>;
}> {
  const database = await freshDatabase();
  return { stores: openPostgresStores(database), database, close: () => database.close() };
}

async function start(): Promise<TestServer> {
  const programs = findPostgres();
  if ("reason" in programs) throw new Error(`No Postgres for tests: ${programs.reason}`);
  const dataFolder = await makeOwnFolder("tests", memoryOrDisk());
  const folder = join(dataFolder, "postgres");
  const userId = serverUserId(dataFolder);
  await makeFolder(folder, programs, userId, { toDisk: false });
  const report = (sentence: string) => console.error(sentence);
  const native = await startNativeServer({ programs, dataFolder, folder, userId, report, settings });
  process.on("exit", () => end(native, dataFolder));
  const address = { socket: socketIn(native.socketFolder), user: databaseUser };
  const open = (database: string, count = connections, name = "test") =>
    openPostgresServer({ ...address, database, connections: count }, name);
  const admin = await open("postgres", 4);
  await admin.run(`create database ${template}`, [], "objects");
  await (await migrated(await open(template))).close();
  return { admin, open };
}

/** At the end of the process, which waits for nothing. */
function end({ pid }: NativeServer, dataFolder: string): void {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  rmSync(dataFolder, { recursive: true, force: true });
}
