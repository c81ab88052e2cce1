/** k6, which runs load scenarios: found on this machine, or built once from its Go module into the cache. A build takes a few minutes. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache.ts";
import { ensureGo } from "./go.ts";

/** From this major version on k6 runs TypeScript as it is. */
const neededMajor = 1;
const builtVersion = "v1.8.1";

/** @returns the path of the program. @throws Error with a sentence when there is none and none can be built */
export async function ensureK6(): Promise<string> {
  const found = Bun.which("k6");
  if (found !== null && majorOf(found) >= neededMajor) return found;
  const folder = join(cacheFolder, `k6-${builtVersion}-${process.platform}-${process.arch}`);
  const program = join(folder, "k6");
  if (existsSync(program)) return program;
  const go = await ensureGo();
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(join(cacheFolder, "k6-build-"));
  try {
    console.log(`Building k6 ${builtVersion} (once, a few minutes).`);
    build(go, fresh);
    // Renamed into place when complete, so what is there is whole.
    await rename(fresh, folder).catch((error) => {
      // Another run was faster.
      if (!existsSync(program)) throw error;
    });
    return program;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function build(go: string, folder: string): void {
  const command = [go, "install", "-trimpath", "-ldflags", "-s -w", `go.k6.io/k6@${builtVersion}`];
  const { success } = Bun.spawnSync(["nice", "-n", "10", ...command], {
    // auto: Go fetches itself newer where the module asks for that.
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0", GOTOOLCHAIN: "auto" },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  if (!success) throw new Error(`k6 ${builtVersion} could not be built. Install k6 ${neededMajor} or newer.`);
}

function majorOf(program: string): number {
  const { stdout } = Bun.spawnSync([program, "version"], { stderr: "ignore" });
  return Number(/k6 v(\d+)\./.exec(stdout.toString())?.[1] ?? 0);
}
