/**
 * An ack means that it is on the disk. Power cuts, as far as software can make them: a file system whose own clock never writes,
 * everything stopped at a random moment, and what its disk has by then opened as after a cut.
 */
import { expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { openDataFolder } from "#db/data-folder.ts";
import type { Database } from "#db/database.ts";
import { findPostgres } from "#db/native/programs.ts";
import { descendantsOf, listProcesses } from "../../scripts/run-limited.ts";
import { until } from "../support/wait.ts";

const limitMs = 400_000;
const diskMb = 900;
/** The kernel's own write-back begins after 30 s: a disk is not used for longer, so that nothing is there by accident. */
const diskLifeMs = 20_000;
const betweenCutsMs = [150, 900] as const;

interface Engine {
  /** Words for acking.ts. */
  readonly name: "postgres" | "pglite";
  readonly env?: Readonly<Record<string, string>>;
}

interface Cuts {
  readonly cuts: number;
  /** Acknowledged by the last cut of each disk. */
  readonly acked: number;
  /** For each cut in which something was lost, how much. */
  readonly losses: readonly number[];
}

test(
  "Postgres: in fifty cuts nothing acknowledged is lost, and every index and table is whole",
  async () => {
    const { cuts, acked, losses } = await cutPower({ name: "postgres" }, 50);
    console.log(`${cuts} cuts, ${acked} acknowledged`);
    expect(losses).toEqual([]);
    expect(acked).toBeGreaterThan(1_000);
  },
  limitMs,
);

test(
  "PGlite: in ten cuts nothing acknowledged is lost",
  async () => {
    const { cuts, acked, losses } = await cutPower({ name: "pglite" }, 10);
    console.log(`${cuts} cuts, ${acked} acknowledged`);
    expect(losses).toEqual([]);
    expect(acked).toBeGreaterThan(200);
  },
  limitMs,
);

test(
  "a Postgres that does not wait for the disk is found out",
  async () => {
    const { losses } = await cutPower({ name: "postgres", env: { POSTGRES_BIN: await impatientPostgres() } }, 3);
    expect(losses.length).toBeGreaterThan(0);
  },
  limitMs,
);

/** The same programs, told to believe the system. */
async function impatientPostgres(): Promise<string> {
  const programs = findPostgres({});
  if ("reason" in programs) throw new Error(programs.reason);
  const folder = await mkdtemp(join(tmpdir(), "superchat-impatient-"));
  Bun.spawnSync(["chmod", "755", folder]);
  writeFileSync(join(folder, "postgres"), `#!/bin/sh\nexec ${programs.postgres} "$@" -c fsync=off\n`, { mode: 0o755 });
  writeFileSync(join(folder, "initdb"), `#!/bin/sh\nexec ${programs.initdb} "$@"\n`, { mode: 0o755 });
  return folder;
}

async function cutPower(engine: Engine, cuts: number): Promise<Cuts> {
  const home = await mkdtemp(join(tmpdir(), "superchat-power-"));
  const losses: number[] = [];
  let [done, acked] = [0, 0];
  try {
    while (done < cuts) {
      const life = await liveOnce(engine, home, cuts - done);
      done += life.cuts;
      acked += life.acked;
      losses.push(...life.losses);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return { cuts: done, acked, losses };
}

/** One disk, from its first start on. */
async function liveOnce(engine: Engine, home: string, cuts: number): Promise<Cuts> {
  const [image, mount] = [join(home, "disk.img"), join(home, "disk")];
  mkdirSync(mount, { recursive: true });
  run("truncate", "-s", `${diskMb}M`, image);
  run("mkfs.ext4", "-q", "-F", image);
  run("mount", "-o", "loop,commit=600", image, mount);
  const child = Bun.spawn([process.execPath, "tests/support/acking.ts", join(mount, "data"), engine.name], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...process.env, ...engine.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const acked: string[] = [];
  const reading = readLines(child.stdout, (line) => acked.push(line));
  try {
    await until(() => acked.length > 1, { what: "the first ack", deadlineMs: 60_000 });
    const since = performance.now();
    const losses: number[] = [];
    let [done, count] = [0, 0];
    while (done < cuts && performance.now() - since < diskLifeMs) {
      const [least, most] = betweenCutsMs;
      await Bun.sleep(least + Math.random() * (most - least));
      const copy = join(home, "copy.img");
      stopped(child.pid, () => {
        // What has not been read yet only makes fewer.
        count = acked.length;
        run("cp", "--sparse=auto", image, copy);
      });
      const lost = await missingIn(copy, join(home, "copy"), engine, acked.slice(1, count));
      if (lost > 0) losses.push(lost);
      done++;
    }
    return { cuts: done, acked: count, losses };
  } finally {
    for (const pid of [child.pid, ...descendantsOf(child.pid, listProcesses())]) signal(pid, "SIGKILL");
    await child.exited;
    await reading;
    await until(() => Bun.spawnSync(["umount", mount]).success, { what: "the disk to be free", deadlineMs: 20_000 });
    rmSync(image);
  }
}

/** Everything of it stands still meanwhile. */
function stopped(pid: number, work: () => void): void {
  const tree = [pid, ...descendantsOf(pid, listProcesses())];
  for (const each of tree) signal(each, "SIGSTOP");
  try {
    work();
  } finally {
    for (const each of tree) signal(each, "SIGCONT");
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** @returns how many of these ids are not in what the disk has */
async function missingIn(image: string, mount: string, engine: Engine, acked: readonly string[]): Promise<number> {
  mkdirSync(mount, { recursive: true });
  run("mount", "-o", "loop", image, mount);
  try {
    const find = engine.name === "pglite" ? { find: () => ({ reason: "PGlite is asked for" }) } : {};
    const database = await openDataFolder(join(mount, "data"), { report: () => undefined, ...find });
    try {
      const rows = (await database.run("select id from room_events", [], "objects")) as { id: string }[];
      if (engine.name === "postgres") await checkWhole(database);
      const there = new Set(rows.map(({ id }) => id));
      return acked.filter((id) => !there.has(id)).length;
    } finally {
      await database.close();
    }
  } finally {
    run("umount", mount);
    rmSync(image);
  }
}

async function checkWhole({ queries }: Database): Promise<void> {
  await queries.execute(sql`create extension if not exists amcheck`);
  await queries.execute(sql`select bt_index_check(c.oid, true) from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am a on a.oid = c.relam where a.amname = 'btree' and i.indisvalid`);
  const broken = await queries.execute(sql`select c.relname, v.msg from pg_class c, verify_heapam(c.oid) v
    where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'pg_catalog'::regnamespace)`);
  expect(broken).toEqual([]);
}

function run(...words: string[]): void {
  const { success, stderr } = Bun.spawnSync(words);
  if (!success) throw new Error(`${words.join(" ")}: ${stderr.toString()}`);
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
}
