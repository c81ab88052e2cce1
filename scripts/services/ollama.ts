/** A real Ollama for tests and for a cluster on one machine: on a port and in a folder of its own. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createChild } from "./child.ts";
import { freePort } from "./ports.ts";

const startWithinMs = 60_000;
const createWithinMs = 120_000;

export interface OllamaOptions {
  /** The program. */
  readonly program: string;
  readonly folder: string;
  readonly port?: number;
  readonly logFile?: string;
}

export interface OllamaServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Also what it started to run models. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Makes a model of a GGUF file known, which copies it. */
  create(name: string, file: string): Promise<void>;
}

export async function startOllama({
  program,
  folder,
  port = freePort(),
  logFile,
}: OllamaOptions): Promise<OllamaServer> {
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}`;
  await mkdir(folder, { recursive: true });
  // It writes a key pair into its home.
  const env = { OLLAMA_HOST: host, OLLAMA_MODELS: join(folder, "models"), HOME: folder, OLLAMA_NUM_PARALLEL: "1" };
  const child = createChild({
    name: "Ollama",
    command: [program, "serve"],
    env,
    logFile: logFile ?? join(folder, "ollama.log"),
    ready: () =>
      fetch(`${url}/api/version`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyWithinMs: startWithinMs,
  });
  await child.start();
  /** Its group has the runners of models, which outlive it otherwise. */
  const toAll = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  return {
    url,
    port,
    get pid() {
      return child.pid;
    },
    start: child.start,
    stop: child.stop,
    kill: () => child.kill("SIGKILL"),
    freeze: () => toAll("SIGSTOP"),
    thaw: () => toAll("SIGCONT"),
    async create(name, file) {
      const modelfile = join(folder, "Modelfile");
      await writeFile(modelfile, `FROM ${file}\n`);
      const making = Bun.spawn([program, "create", name, "-f", modelfile], {
        env: { ...process.env, ...env },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        timeout: createWithinMs,
      });
      const said = await new Response(making.stderr).text();
      if ((await making.exited) !== 0) throw new Error(`Ollama could not make ${name}: ${said.trim().slice(-300)}`);
    },
  };
}
