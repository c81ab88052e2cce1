import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryFolder } from "#tests/support/memory-folder.ts";
import { until } from "#tests/support/wait.ts";
import { type NativeServer, startNativeServer } from "./server.ts";
import { unprivileged } from "./unprivileged.ts";

const root = memoryFolder("server");
chmodSync(root, 0o711);
const userId = 58_018;
afterAll(() => rmSync(root, { recursive: true }));

/** In place of Postgres, in its folder: says in files when it starts, and is ready when there is a file that lets it. */
const text = `#!/bin/sh
trap 'kill $!; exit 0' INT
touch "started-$(ls | grep -c started)"
until [ -e go ]; do sleep 0.01 & wait $!; done
echo "LOG:  database system is ready to accept connections" >&2
while :; do sleep 1 & wait $!; done
`;

let made = 0;
async function startFake(): Promise<{ server: NativeServer; folder: string; said: string[] }> {
  const dataFolder = join(root, `data-${++made}`);
  const folder = join(dataFolder, "postgres");
  mkdirSync(folder, { recursive: true });
  const postgres = join(dataFolder, "fake");
  writeFileSync(postgres, text, { mode: 0o755 });
  unprivileged([folder], "KILL", userId).own(folder);
  writeFileSync(join(folder, "go"), "");
  const said: string[] = [];
  const programs = { postgres, initdb: "", version: "18.0" };
  const report = (sentence: string) => void said.push(sentence);
  const server = await startNativeServer({ programs, dataFolder, folder, userId, report });
  return { server, folder, said };
}

test("it is stopped while it is started again, ready or not", async () => {
  const { server, folder, said } = await startFake();
  rmSync(join(folder, "go"));
  process.kill(server.pid ?? 0, "SIGKILL");
  await until(() => existsSync(join(folder, "started-1")), { what: "the second start" });
  await server.stop();
  expect(said).toEqual([expect.stringMatching(/^Postgres ended \(SIGKILL/)]);
});

test("it is stopped between two starts, and twice is once", async () => {
  const { server, said } = await startFake();
  process.kill(server.pid ?? 0, "SIGKILL");
  await until(() => said.length > 0, { what: "the sentence" });
  await server.stop();
  await server.stop();
  expect(server.pid).toBeUndefined();
});
