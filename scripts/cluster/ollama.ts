/**
 * The language model of a cluster on one machine, on a port of its own: an Ollama that is installed, else the embedded server.
 * Ready at once: the model itself is fetched and loaded when a bot asks for it.
 */
import { join, resolve } from "node:path";
import type { EmbeddedSettings } from "../../adapters/embedded-model/shapes.ts";
import { modelFolder } from "../../adapters/language-model.ts";
import { defaultThreads, readLanguageModelSettings } from "../../adapters/language-model-settings.ts";
import { createChild } from "../services/child.ts";
import { startOllama } from "../services/ollama.ts";
import { freePort } from "../services/ports.ts";
import { logFile, type Opened } from "./members.ts";

const root = join(import.meta.dir, "../..");

/** @returns nothing where OLLAMA_URL names one that runs already, or none is wanted */
export async function openLanguageModel(
  dir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<readonly Opened[]> {
  const settings = readLanguageModelSettings(env);
  const { model, ollamaUrl, source } = settings;
  if (model === undefined || ollamaUrl !== undefined) return [];
  const log = logFile(dir, "ollama");
  const program = Bun.which("ollama");
  if (program !== null && source === undefined && !model.endsWith(".gguf")) {
    const server = await startOllama({ program, folder: join(dir, "ollama"), logFile: log });
    const { port, url, start, stop } = server;
    return [{ member: { name: "ollama", role: "ollama", port, pid: () => server.pid, start, stop }, env: urlFor(url) }];
  }
  const port = freePort();
  const words: EmbeddedSettings = {
    port,
    folder: resolve(settings.folder ?? modelFolder(dir)),
    model,
    source,
    contextTokens: settings.contextTokens,
    threads: settings.threads ?? defaultThreads(),
    endsWithInput: false,
    endsWhenIdle: false,
  };
  const child = createChild({
    name: "ollama",
    command: [process.execPath, "adapters/embedded-model/main.ts", JSON.stringify(words)],
    cwd: root,
    logFile: log,
    ready: (written) => written.includes(`http://127.0.0.1:${port}\n`),
  });
  await child.start();
  const { start, stop } = child;
  const member = { name: "ollama", role: "ollama", port, pid: () => child.pid, start, stop } as const;
  return [{ member, env: urlFor(`http://127.0.0.1:${port}`) }];
}

function urlFor(url: string): Readonly<Record<string, string>> {
  return { OLLAMA_URL: url };
}
