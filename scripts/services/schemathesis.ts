/**
 * Schemathesis, which makes up requests from an OpenAPI document: found in the cache, or installed once from PyPI into a virtual
 * environment there, in exactly the versions of schemathesis.txt.
 */
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureProgram } from "./debian.ts";

const requirements = join(import.meta.dir, "schemathesis.txt");

/** @returns the start of its command line; throws a sentence when something is missing and can't be had */
export async function ensureSchemathesis(): Promise<readonly string[]> {
  const cache = process.env.SUPERCHAT_CACHE || join(import.meta.dir, "../../node_modules/.cache/superchat");
  const wanted = Bun.hash(await Bun.file(requirements).text()).toString(36);
  const folder = join(cache, `schemathesis-${wanted}`);
  // Not its own launcher, which names the folder that it was installed in.
  const command = [join(folder, "bin/python"), "-m", "schemathesis.cli"];
  // Renamed into place when complete, so what is there is whole.
  if (await Bun.file(join(folder, "pyvenv.cfg")).exists()) return command;
  const python = ensureProgram({ name: "python3", packages: ["python3", "python3-venv"], find: findPython });
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, "schemathesis-install-"));
  try {
    console.log("Installing Schemathesis (50 MB, once).");
    run([python, "-m", "venv", fresh]);
    run([join(fresh, "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", requirements]);
    await rename(fresh, folder).catch(async (error) => {
      // Another run was faster.
      if (!(await Bun.file(join(folder, "pyvenv.cfg")).exists())) throw error;
    });
    return command;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Debian's Python comes without what a virtual environment needs. */
function findPython(): string | undefined {
  const found = Bun.which("python3") ?? undefined;
  return found !== undefined && Bun.spawnSync([found, "-c", "import venv, ensurepip"]).success ? found : undefined;
}

function run(command: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  if (!success) throw new Error(`Schemathesis could not be installed: ${stderr.toString().slice(-2_000)}`);
}
