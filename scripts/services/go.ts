/**
 * Go, for programs of the tests and benches that are written in it: found on this machine, or Debian's, which is too old and is used
 * to fetch a newer one as a Go module. Programs are built once into the cache.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache.ts";
import { ensureProgram } from "./debian.ts";

/** What the client of the Centrifuge protocol asks for. */
const oldestMinor = 22;
const fetchedVersion = "go1.24.9";
const usualPlaces = ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"];

/**
 * Builds a folder with a go.mod.
 * @param main the package to build: the folder's own, or one of a module that it names
 * @returns the path of the program. @throws Error with a sentence when it can't be built
 */
export async function ensureGoProgram(folder: string, main = "."): Promise<string> {
  const cache = cacheFolder;
  const files = (await readdir(folder)).toSorted();
  const sources = await Promise.all(files.map((file) => Bun.file(join(folder, file)).text()));
  const program = join(cache, `go-${Bun.hash(sources.join("\n")).toString(36)}`, "program");
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  // The compiler writes elsewhere and renames, so what is there is whole.
  run([await ensureGo(), "build", "-o", program, main], folder);
  return program;
}

/** @returns the path of a Go that is new enough */
export async function ensureGo(): Promise<string> {
  const found = [Bun.which("go") ?? "", ...usualPlaces].find((path) => minorOf(path) >= oldestMinor);
  if (found !== undefined) return found;
  const old = ensureProgram({ name: "Go", packages: ["golang-go"], find: () => Bun.which("go") ?? undefined });
  return minorOf(old) >= oldestMinor ? old : fetchWith(old);
}

/** Since Go 1.21 its releases are modules, too: any older one can fetch them. */
export function fetchWith(go: string): string {
  const modules = join(cacheFolder, "go-modules");
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const version = `v0.0.1-${fetchedVersion}.${process.platform}-${arch}`;
  const folder = join(modules, `golang.org/toolchain@${version}`);
  const fetched = join(folder, "bin", "go");
  if (minorOf(fetched) >= oldestMinor) return fetched;
  console.log(`The Go here is too old: fetching ${fetchedVersion}.`);
  run([go, "mod", "download", `golang.org/toolchain@${version}`], "/", { GOMODCACHE: modules, GOFLAGS: "" });
  // Modules hold no programs, as far as Go is concerned.
  run(["chmod", "-R", "u+wx", join(folder, "bin"), join(folder, "pkg", "tool")], "/");
  return fetched;
}

function minorOf(go: string): number {
  if (!existsSync(go)) return 0;
  const { stdout } = Bun.spawnSync([go, "version"], {
    env: { ...process.env, GOTOOLCHAIN: "local" },
    stderr: "ignore",
  });
  return Number(/go1\.(\d+)/.exec(stdout.toString())?.[1] ?? 0);
}

function run(command: string[], cwd: string, env: Record<string, string> = {}): void {
  const { exitCode } = Bun.spawnSync(command, {
    cwd,
    env: { ...process.env, GOTOOLCHAIN: "local", ...env },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  if (exitCode !== 0) throw new Error(`Go could not do its part: "${command.join(" ")}" ended with ${exitCode}.`);
}
