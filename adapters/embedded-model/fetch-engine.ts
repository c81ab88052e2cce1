/** node-llama-cpp in the folder, installed if it is not there: by Bun, from the lock file here, without running install scripts. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const version = "3.22.1";
/** What is fetched, about; for showing how far it is. */
export const engineBytes = 25_000_000;
const installWithinMs = 10 * 60_000;
const lockFolder = join(import.meta.dir, "engine");

export function engineEntry(folder: string): string {
  return join(folder, `engine-${version}`, "node_modules/node-llama-cpp/dist/index.js");
}

/** @returns the module to import. @throws Error with a sentence */
export async function fetchEngine(folder: string): Promise<string> {
  const entry = engineEntry(folder);
  if (existsSync(entry)) return entry;
  const platform = `${process.platform}-${process.arch}`;
  if (!["linux-x64", "linux-arm64"].includes(platform) || isMusl())
    throw new Error("there is no embedded engine for this system; install Ollama, and it is used");
  const work = join(folder, `engine-${version}.part`);
  // What an interrupted try fetched is in its cache.
  await rm(join(work, "node_modules"), { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  for (const name of ["package.json", "bun.lock"])
    await writeFile(join(work, name), withoutOthers(await readFile(join(lockFolder, name), "utf8"), platform));
  const command = ["install", "--frozen-lockfile", "--production", "--omit=optional", "--ignore-scripts", "--silent"];
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: work,
    env: { ...process.env, BUN_INSTALL_CACHE_DIR: join(work, "cache") },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: installWithinMs,
  });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0)
    throw new Error(
      `the engine can't be installed: ${said.trim().split("\n").at(-1) || `ended with ${child.exitCode}`}`,
    );
  await rm(join(work, "cache"), { recursive: true, force: true });
  const target = join(folder, `engine-${version}`);
  await rm(target, { recursive: true, force: true });
  await rename(work, target);
  return entry;
}

/** Each platform's package says that it also runs on others; only this one's is wanted. */
function withoutOthers(text: string, platform: string): string {
  return text.replace(/^ +"@node-llama-cpp\/([\w-]+)": ".*\n/gm, (line, name) => (name === platform ? line : ""));
}

/** The prebuilt engine needs glibc. */
function isMusl(): boolean {
  return existsSync(`/lib/ld-musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`);
}
