/**
 * The real Ollama: found on this machine, or built once from its Go module into the cache. A build takes nine minutes of one core and 500 MB of Go's own caches.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { pipDownload } from "../../adapters/embedded-model/python.ts";
import { cacheFolder } from "./cache.ts";
import { ensurePython } from "./pip.ts";

/** The last line of releases whose engine is compiled in: from 0.30.0 on it is a program of its own that is not in the module. */
const ollamaVersion = "0.24.0";
/** Its source package has the headers that Go leaves out of a module because their folder is named "vendor". */
const headerPackage = "llama-cpp-python==0.3.36";
const headerFolders = ["nlohmann", "miniaudio", "stb"];
/** Without them the engine is compiled for processors of 2003. Named by Linux on the left, by the compiler on the right. */
const instructionSets = { avx2: "-mavx2", fma: "-mfma", f16c: "-mf16c", bmi2: "-mbmi2" };

/** @throws Error with a sentence when there is none and none can be built */
export async function ensureOllama(): Promise<string> {
  return Bun.which("ollama") ?? (await builtOllama());
}

/** @returns the path of the program */
export async function builtOllama(): Promise<string> {
  const flags = compilerFlags();
  const name = `ollama-${ollamaVersion}-${process.platform}-${process.arch}-${Bun.hash(flags.join(" ")).toString(36)}`;
  const program = join(cacheFolder, name, "ollama");
  if (existsSync(program)) return program;
  for (const tool of ["go", "g++"])
    if (!Bun.which(tool))
      throw new Error(`There is no Ollama here, and no ${tool} to build one. Install Ollama, or Go 1.26 and g++.`);
  const python = ensurePython();
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(join(cacheFolder, "ollama-build-"));
  try {
    console.log(`Building Ollama ${ollamaVersion} (once, about nine minutes).`);
    await fetchHeaders(python, folder);
    build(folder, flags);
    // Renamed into place when complete, so what is there is whole.
    await rm(join(folder, "vendor"), { recursive: true });
    await rename(folder, join(cacheFolder, name)).catch((error) => {
      // Another run was faster.
      if (!existsSync(program)) throw error;
    });
    return program;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchHeaders(python: string, folder: string): Promise<void> {
  const sources = join(folder, "vendor");
  await pipDownload(python, [headerPackage], sources, ["--no-binary", ":all:"]);
  const paths = headerFolders.map((each) => `*/vendor/llama.cpp/vendor/${each}/*`);
  const archive = join(sources, `${headerPackage.replaceAll("-", "_").replace("==", "-")}.tar.gz`);
  run(["tar", "-xzf", archive, "-C", sources, "--strip-components=4", "--wildcards", ...paths]);
}

function build(folder: string, flags: readonly string[]): void {
  const module = "github.com/ollama/ollama";
  const link = `-s -w -X=${module}/version.Version=${ollamaVersion}`;
  const workers = Math.max(1, cpus().length);
  run(
    [
      "nice",
      "-n",
      "10",
      "go",
      "install",
      "-p",
      `${workers}`,
      "-trimpath",
      "-ldflags",
      link,
      `${module}@v${ollamaVersion}`,
    ],
    {
      CGO_ENABLED: "1",
      GOBIN: folder,
      CGO_CPPFLAGS: `-I${join(folder, "vendor")}`,
      CGO_CFLAGS: flags.join(" "),
      CGO_CXXFLAGS: flags.join(" "),
    },
  );
}

/** For this machine's processor: the program is not moved to another one. */
function compilerFlags(): readonly string[] {
  const known = existsSync("/proc/cpuinfo")
    ? readFileSync("/proc/cpuinfo", "utf8").match(/^flags\s*:.*$/m)?.[0]
    : undefined;
  const words = new Set(known?.split(/\s+/));
  return ["-O3", ...Object.entries(instructionSets).flatMap(([name, flag]) => (words.has(name) ? [flag] : []))];
}

function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const child = Bun.spawnSync([...command], {
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  if (!child.success) throw new Error(`Ollama could not be built: "${command.slice(0, 6).join(" ")} …" failed.`);
}
