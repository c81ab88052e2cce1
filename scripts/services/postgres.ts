/** A real Postgres for tests and for a cluster on one machine: its data in a folder of its own, on a port of this machine. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Unprivileged, unprivileged } from "../../db/native/unprivileged.ts";
import { putInPlace, syncAll } from "../../db/sync.ts";
import { createChild } from "./child.ts";
import { ensureProgram, installPackages } from "./debian.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { freePort } from "./ports.ts";

const debianHome = "/usr/lib/postgresql";
const user = "superchat";
const database = "superchat";
const passwordBytes = 24;
/** Backends of a killed server end by themselves, and the next one refuses to start before. */
const leftOversWithinMs = 10_000;
const lookAgainMs = 100;

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, unless the signal only stops or continues it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Again, on the same data and port. */
  start(): Promise<void>;
  /** Ends it, and removes its folder unless that was given. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Keeps the data from one start to the next. */
  readonly folder?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: in the folder. */
  readonly logFile?: string;
  /** Name and value, as after postgres -c. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { port = freePort(), settings = {} } = options;
  const programs = ensurePostgres();
  const home = resolve(options.folder ?? (await makeOwnFolder("postgres")));
  const logFile = options.logFile ?? join(home, "postgres.log");
  const runner = unprivileged([home], "INT");
  const all = { ...ownSettings(port), ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = createChild({
    name: "Postgres",
    command: runner.command([programs.postgres, "-D", join(home, "data"), ...flags]),
    logFile,
    ready: (written) => written.includes("database system is ready to accept connections"),
    // Fast: connections are closed, nothing is lost.
    stopSignal: "SIGINT",
  });
  async function stop(): Promise<void> {
    await child.stop();
    if (options.folder === undefined) await rm(home, { recursive: true, force: true });
  }

  const start = () => insist(child.start);
  try {
    const password = await prepare(home, options.folder !== undefined, programs, runner);
    await start();
    return {
      url: `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,
      port,
      get pid() {
        return child.pid;
      },
      kill: child.kill,
      start,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ownSettings(port: number): Readonly<Record<string, string>> {
  return { port: `${port}`, listen_addresses: "127.0.0.1", unix_socket_directories: "", log_destination: "stderr" };
}

/**
 * The data folder gets its name when it is complete, so a start that was killed leaves no half of one; one that is kept is on the disk by then.
 * @returns the password
 */
async function prepare(
  home: string,
  isKept: boolean,
  { initdb, postgres }: Programs,
  runner: Unprivileged,
): Promise<string> {
  await mkdir(home, { recursive: true });
  runner.own(home);
  const [data, draft, passwordFile] = [join(home, "data"), join(home, "data.new"), join(home, "password")];
  if (existsSync(data)) return await readFile(passwordFile, "utf8");
  await rm(draft, { recursive: true, force: true });
  const password = randomBytes(passwordBytes).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  runner.own(passwordFile);
  const language = ["--encoding=UTF8", "--locale=C.UTF-8"];
  const access = ["--auth=scram-sha-256", `--username=${user}`, `--pwfile=${passwordFile}`];
  run(runner.command([initdb, "--no-sync", "-D", draft, ...language, ...access]));
  run(runner.command([postgres, "--single", "-D", draft, "postgres"]), `create database ${database};\n`);
  if (isKept) {
    syncAll(draft);
    syncAll(passwordFile);
  }
  putInPlace(draft, data);
  return password;
}

function run(command: readonly string[], input = ""): void {
  const { success, stdout, stderr } = Bun.spawnSync([...command], { stdin: Buffer.from(input) });
  if (!success) throw new Error(`Postgres could not prepare its folder:\n${stderr}${stdout}`);
}

async function insist(start: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + leftOversWithinMs;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const waits = error instanceof Error && error.message.includes("is still in use");
      if (!waits || performance.now() > giveUpAt) throw error;
      await Bun.sleep(lookAgainMs);
    }
  }
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

export function ensurePostgres(): Programs {
  return ensureProgram({
    name: "Postgres",
    packages: ["postgresql"],
    find: findPostgres,
    install() {
      // By itself the package makes a cluster of its own, which nobody asked for.
      installPackages("postgresql-common");
      const settings = "/etc/postgresql-common/createcluster.conf";
      Bun.spawnSync(["sed", "-i", "s/^#*\\s*create_main_cluster.*/create_main_cluster = false/", settings]);
      installPackages("postgresql");
    },
  });
}

/** Debian keeps them out of the PATH, a folder per version: the newest counts. */
function findPostgres(): Programs | undefined {
  const versions = existsSync(debianHome) ? readdirSync(debianHome) : [];
  const folders = versions.sort((one, other) => Number(other) - Number(one)).map((name) => `${debianHome}/${name}/bin`);
  for (const folder of [...folders, process.env.PATH ?? ""]) {
    const [initdb, postgres] = ["initdb", "postgres"].map((name) => Bun.which(name, { PATH: folder }));
    if (initdb && postgres) return { initdb, postgres };
  }
  return undefined;
}
