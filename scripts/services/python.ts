/** Virtual environments of Python: found in the cache, or made once there with the packages they are for. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache.ts";
import { ensureProgram } from "./debian.ts";

export interface PythonOptions {
  readonly name: string;
  /** What pip is told to install, all of it with versions. */
  readonly packages: readonly string[];
  /** Changes when what is installed does. */
  readonly version: string;
}

/** @returns the path of a Python that can import the packages. @throws Error with a sentence when it can't be made */
export async function ensurePython({ name, packages, version }: PythonOptions): Promise<string> {
  const cache = cacheFolder;
  const folder = join(cache, `${name}-${Bun.hash(version).toString(36)}`);
  // Not the launchers beside it, which name the folder that they were installed in.
  const done = join(folder, "bin", "python");
  if (existsSync(done)) return done;
  const python = ensureProgram({ name: "python3", packages: ["python3", "python3-venv"], find: findPython });
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, `${name}-install-`));
  try {
    console.log(`Installing ${name} from PyPI (once).`);
    run(name, [python, "-m", "venv", fresh]);
    run(name, [join(fresh, "bin", "python"), "-m", "pip", "install", "--quiet", "--no-deps", ...packages]);
    // Renamed into place when complete, so what is there is whole.
    await rename(fresh, folder).catch((error) => {
      // Another run was faster.
      if (!existsSync(done)) throw error;
    });
    return done;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The client for Python of the Centrifuge protocol, and what it needs. */
const clientPackages = ["centrifuge-python==0.7.0", "websockets==17.4", "protobuf==7.36.2"];

export async function ensurePythonClient(): Promise<string> {
  return await ensurePython({ name: "centrifuge-python", packages: clientPackages, version: clientPackages.join(" ") });
}

/** Debian's Python comes without what a virtual environment needs. */
function findPython(): string | undefined {
  const found = Bun.which("python3") ?? undefined;
  return found !== undefined && Bun.spawnSync([found, "-c", "import venv, ensurepip"]).success ? found : undefined;
}

function run(name: string, command: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  if (!success) throw new Error(`${name} could not be installed: ${stderr.toString().slice(-2_000)}`);
}
