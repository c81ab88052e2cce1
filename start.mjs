/**
 * Starts a TypeScript entry with Bun from a fresh checkout: `node start.mjs ENTRY [args]`.
 * Installs the dependencies when they are missing or stale; needs nothing but Node 20 or Bun, and never reads the entry.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

/** Read before anything else: once the entry runs, this parent may end at any moment, and its successor says nothing. */
const parent = process.ppid;
const root = fileURLToPath(new URL(".", import.meta.url));
const modules = join(root, "node_modules");
const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
const lockHash = createHash("sha256").update(lockText).digest("hex");
/** Holds the hash of the lock file that was installed and the Bun binary found then, one per line. */
const stampFile = join(modules, ".superchat-install");
/** A directory, since making one either succeeds or tells that another start holds it. */
const installLock = join(tmpdir(), `superchat-install-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`);

/** The stub that npm leaves when install scripts are blocked is far smaller than a true Bun. */
const MIN_BUN_BYTES = 1_000_000;
const MIN_NODE_MAJOR = 20;
const LOCK_POLL_MS = 200;
const PARENT_POLL_MS = 300;
/** An install that holds the lock for longer is taken for dead. */
const LOCK_MAX_MS = 600_000;

run(process.argv.slice(2));

function run([entry, ...args]) {
  if (!entry) stop("Usage: node start.mjs ENTRY [args]");
  const nodeMajor = Number.parseInt(process.versions.node, 10);
  if (!process.versions.bun && nodeMajor < MIN_NODE_MAJOR)
    stop(`Superchat needs Node ${MIN_NODE_MAJOR} or newer to start; this is ${process.version}.`);

  const bun = installedBun() ?? installAlone();
  // Without its launcher Bun ends too, and takes what it started along.
  const child = spawn(bun, ["--no-orphans", settingsOf(entry), entry, ...args], { cwd: root, stdio: "inherit" });
  forwardSignals(child);
  endWithParent(child);
  child.on("error", (error) => stop(`Bun did not start: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** Settings come from the environment and from one file, `.env`. Tests know neither your settings nor other files that Bun would read. */
function settingsOf(entry) {
  const file = join(root, ".env");
  return entry === "scripts/test.ts" || readText(file) === "" ? "--no-env-file" : `--env-file=${file}`;
}

/** The binary noted by the last install, if that install matches the lock file. */
function installedBun() {
  const [hash, bun] = readText(stampFile).split("\n");
  return hash === lockHash && isLarge(bun) ? bun : undefined;
}

/** Installs unless another start does so already: then waits for that one. */
function installAlone() {
  const giveUpAt = Date.now() + LOCK_MAX_MS;
  while (!takeLock()) {
    if (Date.now() > giveUpAt) rmSync(installLock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
  try {
    return installedBun() ?? install();
  } finally {
    rmSync(installLock, { recursive: true, force: true });
  }
}

function takeLock() {
  try {
    mkdirSync(installLock);
    writeFileSync(join(installLock, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = Number(readText(join(installLock, "pid")));
  if (holder > 0 && !isRunning(holder)) rmSync(installLock, { recursive: true, force: true });
  return false;
}

function install() {
  if (!npmInstalledLock()) {
    console.error("Superchat installs its dependencies. This happens once and can take a minute.");
    const [command, args] = process.versions.bun
      ? [process.execPath, ["install", "--no-save"]]
      : ["npm", ["ci", "--include=dev", "--include=optional", "--no-fund", "--no-audit", "--loglevel=error"]];
    // On stderr, so that stdout holds only what the entry prints.
    const shell = process.platform === "win32" && command === "npm";
    const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell });
    if (result.error) throw stop(`${command} did not start: ${result.error.message}`);
    if (result.signal) throw stop("The installation was interrupted.");
    if (result.status !== 0)
      throw stop(`The dependencies could not be installed: ${command} ended with ${result.status}.`);
  }
  const bun = findBun();
  if (!bun) throw stop("There is no Bun for this machine in node_modules, nor on PATH. See https://bun.sh for others.");
  writeFileSync(stampFile, `${lockHash}\n${bun}\n`);
  return bun;
}

/** Whether somebody ran npm by hand: its own record then names every package of the lock file in that version. */
function npmInstalledLock() {
  const record = readText(join(modules, ".package-lock.json"));
  if (!record) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
    return path === "" || wanted.optional || installed[path]?.version === wanted.version;
  });
}

/** The pinned Bun first. Where its install script did not run, the binary is still in the package of the platform. */
function findBun() {
  const platforms = join(modules, "@oven");
  const candidates = [
    join(modules, "bun", "bin", "bun.exe"),
    ...list(platforms).flatMap((name) => ["bun", "bun.exe"].map((file) => join(platforms, name, "bin", file))),
    ...(process.versions.bun ? [process.execPath] : []),
    ...(process.env.PATH ?? "").split(delimiter).flatMap((path) => [join(path, "bun"), join(path, "bun.exe")]),
  ];
  return candidates.find((file) => isLarge(file) && spawnSync(file, ["--version"]).status === 0);
}

function forwardSignals(child) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, and a second one means "at once" to some programs.
      if (signal === "SIGINT" && isatty(0)) return;
      child.kill(signal);
    });
  }
}

/**
 * npm hands SIGTERM to the shell between it and us, and the shell dies without passing it on. Then we have another
 * parent, which is how we notice.
 */
function endWithParent(child) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, PARENT_POLL_MS);
  watch.unref();
}

function isLarge(file) {
  return Boolean(file) && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MIN_BUN_BYTES;
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function stop(sentence) {
  console.error(sentence);
  rmSync(installLock, { recursive: true, force: true });
  process.exit(1);
}
