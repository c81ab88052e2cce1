/** Three small servers behind a real nginx, and how to ask them things through it. */
import { afterAll, beforeAll } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, createChild } from "../../scripts/services/child.ts";
import { type NginxServer, startNginx } from "../../scripts/services/nginx.ts";
import { freePort } from "../../scripts/services/ports.ts";

/** For what starts servers, or waits until nginx gives something up. */
export const slowMs = 40_000;
/** After two seconds of silence nginx takes another one. */
export const oneFrozenMs = 5_000;

export interface NginxWorld {
  readonly folder: string;
  readonly nginx: NginxServer;
  readonly upstreams: readonly Upstream[];
  /** Through nginx. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Of so many of them at once, how many had which status. */
  statuses(count: number, path?: string, init?: RequestInit): Promise<Readonly<Record<string, number>>>;
  /** The name of the upstream that answers. */
  who(path?: string): Promise<string>;
  /** Opened through nginx; resolves when its upstream has said its name. */
  socket(path?: string): Promise<OpenSocket>;
  close(): Promise<void>;
}

export interface Upstream extends Child {
  readonly name: string;
  readonly address: string;
}

export interface OpenSocket {
  readonly upstream: string;
  readonly socket: WebSocket;
  readonly closed: () => boolean;
  /** Gone at once, without asking the other side. */
  cut(): void;
  echo(text: string): Promise<string>;
}

interface WorldOptions {
  /** Default: none. */
  readonly limits?: boolean;
  /** Of upstreams; default: three. */
  readonly count?: number;
}

/** Call it at the top of a test file: the world opens before its tests and closes after them. */
export function useNginxWorld(opened: (world: NginxWorld) => void, options?: WorldOptions): void {
  let world: NginxWorld | undefined;
  beforeAll(async () => {
    world = await openNginxWorld(options);
    opened(world);
  }, slowMs);
  afterAll(() => world?.close(), slowMs);
}

export async function openNginxWorld({ limits = false, count = 3 }: WorldOptions = {}): Promise<NginxWorld> {
  const folder = await mkdtemp(join(tmpdir(), "superchat-nginx-world-"));
  const upstreams = Array.from({ length: count }, (_, at) => upstream(folder, `up-${at + 1}`));
  await Promise.all(upstreams.map((each) => each.start()));
  const nginx = await startNginx({ gateways: upstreams.map(({ address }) => address), limits });
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${nginx.port}${path}`, init);
  return {
    folder,
    nginx,
    upstreams,
    get,
    statuses: async (count, path = "/", init?) =>
      tally(await Promise.all(Array.from({ length: count }, async () => `${(await get(path, init)).status}`))),
    who: async (path = "/") => ((await (await get(path)).json()) as { name: string }).name,
    socket: (path = "/live") => openSocket(`ws://127.0.0.1:${nginx.port}${path}`),
    async close() {
      await nginx.stop();
      await Promise.all(upstreams.map((each) => each.kill("SIGKILL")));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface BehindBalancer {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Another nginx before the same upstreams, with limits, that believes whoever asks it from this machine to be a balancer. */
export async function startBehindBalancer({ upstreams }: NginxWorld): Promise<BehindBalancer> {
  const folder = await mkdtemp(join(tmpdir(), "superchat-nginx-behind-"));
  await mkdir(join(folder, "conf"));
  const believed = "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n";
  await writeFile(join(folder, "conf", "real-ip-balancer.conf"), believed);
  const nginx = await startNginx({ folder, gateways: upstreams.map(({ address }) => address), limits: true });
  const stop = async () => {
    await nginx.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { port: nginx.port, folder, stop };
}

export type Counted = "posts" | "stuck" | "sockets" | "connections";

export const countsOf = async ({ address }: Upstream, signal?: AbortSignal) =>
  (await (await fetch(`http://${address}/counts`, signal ? { signal } : {})).json()) as Record<Counted, number>;

export function upstream(folder: string, name: string): Upstream {
  const port = freePort();
  const child = createChild({
    name,
    command: [process.execPath, join(import.meta.dir, "nginx-upstream.ts"), name, `${port}`],
    logFile: join(folder, `${name}.log`),
    ready: (written) => written.includes("serves"),
  });
  return {
    name,
    address: `127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    kill: child.kill,
    start: child.start,
    stop: child.stop,
    ended: child.ended,
  };
}

async function openSocket(url: string): Promise<OpenSocket> {
  const socket = new WebSocket(url);
  const heard: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  let closed = false;
  socket.onmessage = ({ data }) => {
    const next = waiting.shift();
    if (next) next(String(data));
    else heard.push(String(data));
  };
  socket.onclose = () => {
    closed = true;
  };
  const next = () =>
    new Promise<string>((resolve) => (heard.length > 0 ? resolve(heard.shift()!) : waiting.push(resolve)));
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("The socket did not open."));
  });
  const upstream = await next();
  return {
    upstream,
    socket,
    closed: () => closed,
    // Bun's WebSocket has it; the DOM's type does not know.
    cut: () => (socket as unknown as { terminate(): void }).terminate(),
    echo(text) {
      socket.send(text);
      return next();
    },
  };
}

/** As it is: fetch would tidy the path. @returns the whole answer */
export async function rawRequest(port: number, head: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const connection = connect(port, "127.0.0.1", () => connection.write(head.replaceAll("\n", "\r\n")));
    let answer = "";
    connection.setEncoding("utf8").on("data", (part) => {
      answer += part;
    });
    connection.on("end", () => resolve(answer)).on("error", reject);
  });
}

/** How often each value comes. */
export function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
