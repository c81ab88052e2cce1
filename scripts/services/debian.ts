/** Finds a program on this machine, or installs the Debian packages that bring it; a service of theirs is not started. */
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** While this file says so, Debian's package manager starts no services. */
const startPolicy = "/usr/sbin/policy-rc.d";
/** Another installation on this machine gets this long to finish first. */
const lockTimeoutS = 300;

export interface Wanted<Found> {
  /** For sentences: "There is no … here". */
  readonly name: string;
  readonly packages: readonly string[];
  readonly find: () => Found | undefined;
  /** Instead of installing the packages in one go. */
  readonly install?: () => void;
}

/** @throws Error with a sentence when it is missing and can't be had */
export function ensureProgram<Found>({ name, packages, find, install }: Wanted<Found>): Found {
  const found = find();
  if (found !== undefined) return found;
  console.log(`There is no ${name} here: installing it.`);
  installFromDebian(install ?? (() => installPackages(...packages)));
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(`There is no ${name} here and it could not be installed. Install ${packages.join(" and ")}.`);
}

/** Does nothing where packages are not ours to install. */
export function installFromDebian(install: () => void): void {
  if (process.getuid?.() !== 0 || !Bun.which("apt-get")) return;
  aptGet("update");
  withoutStarting(install);
}

export function installPackages(...names: string[]): void {
  aptGet("install", "-y", "--no-install-recommends", ...names);
}

function withoutStarting(install: () => void): void {
  const ownPolicy = !existsSync(startPolicy);
  if (ownPolicy) writeFileSync(startPolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (ownPolicy) rmSync(startPolicy, { force: true });
  }
}

function aptGet(...words: string[]): void {
  const command = ["apt-get", "-q", "-o", `DPkg::Lock::Timeout=${lockTimeoutS}`, ...words];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { exitCode } = Bun.spawnSync(command, { env, stdin: "ignore", stdout: "ignore", stderr: "inherit" });
  if (exitCode !== 0) console.error(`apt-get ${words[0]} ended with ${exitCode}.`);
}
