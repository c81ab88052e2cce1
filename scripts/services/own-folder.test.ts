import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makeOwnFolder } from "./own-folder.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "superchat-folders-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

/** As somebody else would have named it. */
async function folderOf(pid: number, space?: string): Promise<string> {
  const [, kind, own] = basename(await makeOwnFolder("redis", parent)).split("-");
  const path = join(parent, `superchat-${kind}-${space ?? own}-${pid}-abc`);
  await mkdir(path);
  await Bun.write(join(path, "redis.log"), "lines");
  return path;
}

test("a folder whose process was killed is removed by the next start, others stay", async () => {
  const gone = Bun.spawn(["true"]);
  await gone.exited;
  const stale = await folderOf(gone.pid);
  const elsewhere = await folderOf(gone.pid, "1");
  const [own, running] = [await makeOwnFolder("redis", parent), await folderOf(process.ppid)];
  const otherKind = join(parent, basename(stale).replace("redis", "kafka"));
  await mkdir(otherKind);
  const unknown = join(parent, "superchat-redis-mine");
  await mkdir(unknown);
  await makeOwnFolder("redis", parent);
  expect(existsSync(stale)).toBe(false);
  for (const path of [elsewhere, own, running, otherKind, unknown]) expect(existsSync(path)).toBe(true);
});
