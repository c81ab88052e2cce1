/** A real nginx for tests and for a cluster on one machine: the configuration of nginx/, in a folder of its own, as nobody. */
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { unprivileged } from "../../db/native/unprivileged.ts";
import { descendantsOf, listProcesses } from "../run-limited.ts";
import { createChild } from "./child.ts";
import { ensureProgram } from "./debian.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { freePort } from "./ports.ts";

const ownConfiguration = join(import.meta.dir, "../../nginx");
const reloadWithinMs = 5_000;
const reloadPollMs = 20;
/** Large, so that one more makes no difference to how many sockets a gateway gets. */
const firstWeight = 1_000;

export interface NginxOptions {
  /** As host:port. */
  readonly gateways: readonly string[];
  readonly limits: boolean;
  /** Default: loopback alone. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Stays when nginx is stopped. */
  readonly folder?: string;
  /** Default: in the folder. */
  readonly logFile?: string;
}

export interface NginxServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the master; undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it and its workers have ended, unless the signal only tells something. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Reads its configuration again, with other gateways if given; resolves when new workers serve. */
  reload(gateways?: readonly string[]): Promise<void>;
  /** Ends it, and removes its folder unless that was given. */
  stop(): Promise<void>;
}

export async function startNginx(options: NginxOptions): Promise<NginxServer> {
  const { port = freePort(), host = "127.0.0.1" } = options;
  const program = ensureNginx();
  const home = resolve(options.folder ?? (await makeOwnFolder("nginx")));
  const runner = unprivileged([home], "TERM");
  const [conf, tmp] = [join(home, "conf"), join(home, "tmp")];
  const pidFile = join(tmp, "nginx.pid");
  const child = createChild({
    name: "nginx",
    command: runner.command([program, "-p", home, "-c", join(conf, "nginx.conf"), "-e", "stderr"]),
    logFile: options.logFile ?? join(home, "nginx.log"),
    // Written once the port is its own.
    ready: () => Bun.file(pidFile).exists(),
  });

  async function write(name: string, text: string): Promise<void> {
    await writeFile(join(conf, name), text);
    runner.own(join(conf, name));
  }

  async function writeGateways(gateways: readonly string[]): Promise<void> {
    await write("gateways.conf", gatewaysConf(gateways));
    await write("probed-gateways.conf", probedGatewaysConf(gateways));
    await write("kept-gateways.conf", keptGatewaysConf(gateways));
  }

  async function prepare(): Promise<void> {
    for (const folder of [home, conf, tmp]) {
      await mkdir(folder, { recursive: true });
      runner.own(folder);
    }
    for (const name of await readdir(ownConfiguration)) {
      await copyFile(join(ownConfiguration, name), join(conf, name));
      runner.own(join(conf, name));
    }
    await writeGateways(options.gateways);
    await write("listen.conf", listenConf({ host, port, limits: options.limits }));
  }

  async function start(): Promise<void> {
    if (child.pid === undefined) await rm(pidFile, { force: true });
    await child.start();
  }

  async function stop(): Promise<void> {
    await child.stop();
    if (options.folder === undefined) await rm(home, { recursive: true, force: true });
  }

  async function reload(gateways?: readonly string[]): Promise<void> {
    const { pid } = child;
    if (pid === undefined) throw new Error("nginx does not run.");
    if (gateways !== undefined) await writeGateways(gateways);
    const before = workersOf(pid);
    await child.kill("SIGHUP");
    const giveUpAt = performance.now() + reloadWithinMs;
    while (!workersOf(pid).some((worker) => !before.includes(worker))) {
      if (performance.now() > giveUpAt) throw new Error(`nginx did not take its new configuration: see its log.`);
      await Bun.sleep(reloadPollMs);
    }
  }

  try {
    await prepare();
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://localhost:${port}`,
    port,
    get pid() {
      return child.pid;
    },
    kill: child.kill,
    start,
    reload,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** `max_fails=0`: see nginx.conf. */
export function gatewaysConf(gateways: readonly string[]): string {
  return gateways.map((gateway) => `server ${gateway} max_fails=0;\n`).join("");
}

/** `weight` and `max_fails=1`: see nginx.conf. */
export function probedGatewaysConf(gateways: readonly string[]): string {
  return gateways
    .map((gateway, at) => `server ${gateway} weight=${firstWeight + at} max_fails=1 fail_timeout=1s;\n`)
    .join("");
}

/** @param gateways by address, since that is what nginx says which one has answered */
export function keptGatewaysConf(gateways: readonly string[]): string {
  const groups = gateways.map((gateway, at) => `upstream kept-${at + 1} { server ${gateway}; include kept.conf; }\n`);
  const lines = gateways.map((gateway, at) => `  ${gateway} kept-${at + 1};\n`);
  return `${groups.join("")}map $answering $kept {\n  default $answering;\n${lines.join("")}}\n`;
}

export function listenConf({ host, port, limits }: { host: string; port: number; limits: boolean }): string {
  const address = host.includes(":") ? `[${host}]` : host;
  return `listen ${address}:${port} backlog=4096 so_keepalive=on;\nset $limits ${limits ? "on" : "off"};\n`;
}

export function ensureNginx(): string {
  return ensureProgram({
    name: "nginx",
    packages: ["nginx"],
    // Debian keeps it where an ordinary PATH does not look.
    find: () => Bun.which("nginx", { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin` }) ?? undefined,
  });
}

function workersOf(master: number): readonly number[] {
  return descendantsOf(master, listProcesses());
}
