/** Superchat's own processes of a cluster: gateways, writers and bots, each started from its entry with the same environment. */
import { join, resolve } from "node:path";
import { createChild } from "../services/child.ts";
import { freePort } from "../services/ports.ts";
import type { RunWish } from "./arguments.ts";
import { logFile, type Member } from "./members.ts";

const root = join(import.meta.dir, "../..");
/** What they wait for may still be away, or just coming back. */
const readyWithinMs = 90_000;
/** A gateway tells its sockets to come back and finishes requests; a writer its batch. */
const stopWithinMs = 20_000;

interface Kind {
  readonly role: "gateway" | "writer" | "bot";
  readonly entry: string;
  /** What it prints when it works. */
  readonly ready: RegExp;
  readonly listens: boolean;
}

const gateway: Kind = {
  role: "gateway",
  entry: "gateway/main.ts",
  ready: /^Superchat is at http:/m,
  listens: true,
};
const writer: Kind = {
  role: "writer",
  entry: "writer/main.ts",
  ready: /^Superchat's writer is ready$/m,
  listens: false,
};
const bot: Kind = { role: "bot", entry: "llm-bot/main.ts", ready: /^Superchat's bot is ready$/m, listens: false };

export interface HowMany {
  readonly gateways: number;
  readonly writers: number;
  readonly bots: number;
}

/** None of them runs yet. */
export function superchatProcesses(
  dir: string,
  { gateways, writers, bots, ownEnv, code }: HowMany & Pick<RunWish, "ownEnv" | "code">,
  env: Readonly<Record<string, string>>,
): readonly Member[] {
  return [...several(gateway, gateways), ...several(writer, writers), ...several(bot, bots)];

  function several(kind: Kind, count: number): readonly Member[] {
    return Array.from({ length: count }, (_, at) => {
      const name = `${kind.role}-${at + 1}`;
      return processOf(dir, kind, name, { ...env, ...ownEnv[name] }, code);
    });
  }
}

function processOf(
  dir: string,
  kind: Kind,
  name: string,
  env: Readonly<Record<string, string>>,
  code: string | undefined,
): Member {
  let from = resolve(code ?? root);
  // Always one of its own: an inherited one would be the same for all.
  const metricsPort = freePort();
  const port = kind.listens ? freePort() : metricsPort;
  const metrics = { METRICS_PORT: `${metricsPort}`, METRICS_HOST: "127.0.0.1" };
  const child = createChild({
    name,
    command: [process.execPath, kind.entry],
    cwd: () => from,
    env: { ...env, ...metrics, ...(kind.listens ? { HOST: "127.0.0.1", PORT: `${port}` } : {}) },
    logFile: logFile(dir, name),
    ready: (written) => kind.ready.test(written),
    readyWithinMs,
    stopWithinMs,
  });
  return {
    ...{ name, role: kind.role, port, metricsPort },
    pid: () => child.pid,
    async start(code) {
      if (code !== undefined) from = resolve(code);
      await child.start();
    },
    stop: child.stop,
  };
}
