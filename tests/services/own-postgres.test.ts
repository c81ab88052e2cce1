/** The Postgres that a single process runs, in what happens to processes: nothing acked is lost, nothing is left behind. */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unprivileged } from "#db/native/unprivileged.ts";
import { begin, nobodyIn, pidFileOf, postgresOf, postmasterOf } from "../support/own-community.ts";
import { bunAlone, startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const limitMs = 120_000;
const home = await mkdtemp(join(tmpdir(), "superchat-own-postgres-"));
// So that everybody may come to what is theirs in it.
chmodSync(home, 0o711);
afterAll(() => rm(home, { recursive: true, force: true }), limitMs);

let folders = 0;
const newFolder = () => join(home, `data-${++folders}`);

describe("processes", () => {
  test(
    "it stops with Superchat, and is closed properly",
    async () => {
      const story = await begin({ dataDir: newFolder() });
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
        await using story = await begin({ dataDir: newFolder(), ...options });
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
      await using story = await begin({ dataDir: newFolder(), command: bunAlone });
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
      await using story = await begin({ dataDir: newFolder() });
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
      await using story = await begin({ dataDir: newFolder() });
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
      await using story = await begin({ dataDir: newFolder(), command: bunAlone });
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
        await using story = await begin({ dataDir: newFolder() });
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

  test("a left-over server is ended also where root may not ask where it works", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const owner = unprivileged(["/"], "KILL", 58_018);
    const leftOver = Bun.spawn(owner.command(["sh", "-c", "read _", "postgres", "-D", folder]), { stdin: "pipe" });
    await until(() => readFileSync(`/proc/${leftOver.pid}/cmdline`, "utf8").startsWith("sh"), { what: "its words" });
    writeFileSync(join(folder, "postmaster.pid"), `${leftOver.pid}\n`);
    const clear = `
      import { clearLeftovers } from "#db/native/leftovers.ts";
      await clearLeftovers(${JSON.stringify(folder)}, ${JSON.stringify(join(folder, "socket"))});`;
    const asInContainers = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];
    const cleared = Bun.spawnSync([...asInContainers, process.execPath, "-e", clear], { cwd: import.meta.dir });
    expect(cleared.stderr.toString()).toBe("");
    await leftOver.exited;
    expect(leftOver.signalCode).toBe("SIGINT");
  });

  test(
    "a second start is refused, and the first goes on",
    async () => {
      await using story = await begin({ dataDir: newFolder() });
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
