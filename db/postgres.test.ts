import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { memoryFolder } from "#tests/support/memory-folder.ts";
import { databaseUser, makeFolder, serverUserId, socketIn } from "./native/folder.ts";
import { findPostgres } from "./native/programs.ts";
import { type NativeServer, startNativeServer } from "./native/server.ts";
import { openPostgresServer } from "./postgres.ts";

const limitMs = 60_000;
const dataFolder = memoryFolder("late");
const folder = join(dataFolder, "postgres");

let native: NativeServer;
beforeAll(async () => {
  const programs = findPostgres();
  if ("reason" in programs) throw new Error(programs.reason);
  const userId = serverUserId(dataFolder);
  await makeFolder(folder, programs, userId, { toDisk: false });
  native = await startNativeServer({ programs, dataFolder, folder, userId, report: console.error });
}, limitMs);
afterAll(async () => {
  await native.stop();
  rmSync(dataFolder, { recursive: true });
});

/** Says nothing to the first connection, drops the second, and passes on what comes then. */
async function lateServer(path: string): Promise<Server & { readonly came: () => number }> {
  let came = 0;
  const server = createServer((client) => {
    client.on("error", () => undefined);
    came++;
    if (came === 1) return;
    if (came === 2) return void client.destroy();
    const real = connect(socketIn(native.socketFolder));
    real.on("error", () => undefined);
    client.pipe(real).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return Object.assign(server, { came: () => came });
}

test(
  "a server on this machine that is late with its first answers is asked again",
  async () => {
    const socket = join(dataFolder, "late");
    const server = await lateServer(socket);
    const database = await openPostgresServer({ socket, user: databaseUser, database: "postgres", connections: 2 });
    expect(await database.run("select 1 as one", [], "objects")).toEqual([{ one: 1 }]);
    expect(server.came()).toBeGreaterThan(2);
    await database.close();
    server.close();
  },
  limitMs,
);

test("what it refuses is not asked again", async () => {
  const socket = socketIn(native.socketFolder);
  const opening = openPostgresServer({ socket, user: databaseUser, database: "nowhere", connections: 1 });
  expect(await opening.catch((error: Error) => error.message)).toBe('database "nowhere" does not exist');
});
