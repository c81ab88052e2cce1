/** Superchat before and after this version, as folders of code that its processes can be started from. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Build, thisBuild } from "#domain/levels.ts";
import { cacheFolder } from "../../scripts/services/cache.ts";

const root = join(import.meta.dir, "..", "..");
const installWithinMs = 240_000;

export interface OtherBuild {
  readonly folder: string;
  readonly version: string;
  /** For people. */
  readonly name: string;
}

/** What 0.1.0 was in the end: it began with the project, so that the commit that named it says nothing. */
const endOfFirst = "34ef7a910d5d56081578887a964e90750b1fb811";

/** What this version is installed over. */
export function lastRelease(): OtherBuild {
  return buildOf(releaseBefore(versionIn(root), root) ?? endOfFirst);
}

/**
 * The newest commit that gave `version` in package.json another value than it has now: the same one before, at and after the commit of a
 * release, so that what calls itself 0.3.0 is tried beside 0.2.0 for as long as it is called that.
 * @returns nothing where there was no other yet than the project began with
 */
export function releaseBefore(version: string, repository: string): string | undefined {
  const raises = git(repository, "log", "--format=%H", "-G", '^  "version": ', "--", "package.json").trim().split("\n");
  return raises.slice(0, -1).find((commit) => versionAt(commit, repository) !== version);
}

/** 0.1.0: it says nothing of itself to others, and must be waited for by every release after it. */
export function silentRelease(): OtherBuild {
  return buildOf(endOfFirst);
}

function buildOf(commit: string): OtherBuild {
  const parent = join(cacheFolder, "releases");
  const folder = join(parent, commit);
  const version = versionAt(commit, root);
  if (!existsSync(folder)) {
    mkdirSync(parent, { recursive: true });
    const building = mkdtempSync(join(parent, "building-"));
    run(["sh", "-c", `git -C "${root}" archive ${commit} | tar -x -C "${building}"`]);
    // The locked dependencies of its own, without what only development needs.
    run(["npm", "ci", "--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], building);
    renameSync(building, folder);
  }
  return { folder, version, name: `${version} (${commit.slice(0, 7)})` };
}

function versionIn(folder: string): string {
  return versionOf(readFileSync(join(folder, "package.json"), "utf8"));
}

/** @throws Error when the history does not reach back so far */
export function versionAt(commit: string, repository: string): string {
  const isThere = Bun.spawnSync(["git", "cat-file", "-e", commit], { cwd: repository, stderr: "ignore" }).success;
  if (!isThere) throw new Error(`The history ends after ${commit}, a release: git fetch --unshallow gets all of it.`);
  return versionOf(git(repository, "show", `${commit}:package.json`));
}

function versionOf(packages: string): string {
  return (JSON.parse(packages) as { version: string }).version;
}

/**
 * This version as it would be if it read and wrote one level more: it gives that level to every message once it may.
 * @param release what it calls itself, and the one before it: it runs beside that one alone
 */
export function levelRaisingBuild({ release, previous }: Pick<Build, "release" | "previous">): OtherBuild & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "superchat-next-"));
  const files = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0").filter(Boolean);
  for (const file of files) {
    // A link to that folder is listed as a file.
    if (file === "node_modules" || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const level = thisBuild.reads + 1;
  patch(
    folder,
    "domain/levels.ts",
    /thisBuild: Build = \{[^}]*\}/,
    () => `thisBuild: Build = { release: "${release}", previous: "${previous}", reads: ${level}, writes: ${level} }`,
  );
  patch(
    folder,
    "domain/record-event.ts",
    /await ports\.log\.append\(event\);/,
    () =>
      'if (ports.levels.active() >= thisBuild.writes && event.type === "message.posted") Object.assign(event, { level: thisBuild.writes });\n' +
      "  await ports.log.append(event);",
  );
  patch(
    folder,
    "domain/record-event.ts",
    /export type RecordPorts = Pick<Ports, /,
    () => 'import { thisBuild } from "./levels.ts";\nexport type RecordPorts = Pick<Ports, "levels" | ',
  );
  return {
    folder,
    version: release,
    name: release,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function patch(folder: string, file: string, what: RegExp, by: (found: RegExpExecArray) => string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const found = what.exec(text);
  if (found === null) throw new Error(`${file} has no ${what}: say anew how a next version would differ.`);
  writeFileSync(
    path,
    text.replace(found[0], () => by(found)),
  );
}

function git(repository: string, ...words: string[]): string {
  return run(["git", ...words], repository);
}

function run(command: string[], cwd = root): string {
  const { success, stdout, stderr } = Bun.spawnSync(command, { cwd, stdin: "ignore", timeout: installWithinMs });
  if (!success) throw new Error(`${command.slice(0, 2).join(" ")} failed: ${stderr.toString().slice(-2_000)}`);
  return stdout.toString();
}
