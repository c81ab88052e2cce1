/**
 * Keeps the embedded model's process: started when somebody asks where it is, started again when it died, each time later, ended
 * when it is frozen. It can't outlive us: its standard input closes with us.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedSettings } from "./shapes.ts";

export interface EmbeddedServer {
  /** Its address, once it listens. @throws Error when it does not start */
  where(): Promise<string>;
  /** Of the running process. */
  pid(): number | undefined;
  close(): Promise<void>;
}

export interface EmbeddedServerOptions {
  readonly settings: Omit<EmbeddedSettings, "port" | "endsWithInput">;
  readonly report: (what: string, detail: unknown) => void;
  readonly look?: { readonly everyMs: number; readonly withinMs: number };
}

const startWithinMs = 20_000;
const stopWithinMs = 3_000;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Who ran for so long has not died of its start. */
const soundAfterMs = 60_000;
/** So many looks without an answer mean frozen, if the process does not compute either: reading a question can keep it busy. */
const mostMisses = 2;
/** Whatever it computes, it is of no use. */
const mostMissesBusy = 24;
const defaultLook = { everyMs: 5_000, withinMs: 4_000 };

type Process = Bun.Subprocess<"pipe", "pipe", "pipe">;

export function createEmbeddedServer({ settings, report, look = defaultLook }: EmbeddedServerOptions): EmbeddedServer {
  let child: Process | undefined;
  let listening: Promise<string> | undefined;
  let pauseMs = 0;
  let diedAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  async function start(): Promise<string> {
    await Bun.sleep(Math.max(0, diedAt + pauseMs - performance.now()));
    if (closed) throw new Error("the embedded model was closed");
    const startedAt = performance.now();
    const words: EmbeddedSettings = { ...settings, port: 0, endsWithInput: true };
    const started: Process = Bun.spawn(
      [process.execPath, "--no-orphans", "--smol", join(import.meta.dir, "main.ts"), JSON.stringify(words)],
      { stdin: "pipe", stdout: "pipe", stderr: "pipe" },
    );
    child = started;
    void logLines(started.stderr, report);
    const stopLooking = lookAt(started, () => listening, look, report);
    void started.exited.then((exitCode) => {
      stopLooking();
      listening = undefined;
      child = undefined;
      if (closed || exitCode === 0) return;
      diedAt = performance.now();
      const sound = diedAt - startedAt > soundAfterMs;
      pauseMs = sound ? firstPauseMs : Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2));
      report("the embedded model died", { exitCode, signal: started.signalCode, pauseMs });
    });
    const timer = setTimeout(() => started.kill("SIGKILL"), startWithinMs);
    try {
      return await addressIn(started.stdout);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    pid: () => child?.pid,
    async where() {
      listening ??= start().catch((error) => {
        listening = undefined;
        throw error;
      });
      return await listening;
    },
    async close() {
      closed = true;
      const running = child;
      if (running === undefined) return;
      running.kill("SIGTERM");
      const impatience = setTimeout(() => running.kill("SIGKILL"), stopWithinMs);
      await running.exited;
      clearTimeout(impatience);
    },
  };
}

async function addressIn(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const url = /http:\/\/127\.0\.0\.1:\d+(?=\n)/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error("the embedded model's process did not start");
}

/** A frozen one would hold its port and its questions for ever. */
function lookAt(
  child: Process,
  where: () => Promise<string> | undefined,
  { everyMs, withinMs }: { everyMs: number; withinMs: number },
  report: (what: string, detail: unknown) => void,
): () => void {
  let misses = 0;
  let looking = false;
  let computed = computedBy(child.pid);
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    try {
      const url = await where();
      if (url !== undefined) await fetch(url, { signal: AbortSignal.timeout(withinMs) });
      misses = 0;
    } catch {
      misses++;
      const now = computedBy(child.pid);
      const busy = now !== computed;
      computed = now;
      if (misses < (busy ? mostMissesBusy : mostMisses)) return;
      report("the embedded model is frozen and is ended", {});
      child.kill("SIGKILL");
    } finally {
      looking = false;
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Processor time so far, in ticks; a constant where the system does not tell. */
function computedBy(pid: number): string {
  try {
    // The name in parentheses may have spaces.
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    return fields.split(" ").slice(11, 13).join("+");
  } catch {
    return "";
  }
}

async function logLines(
  stream: ReadableStream<Uint8Array>,
  report: (what: string, detail: unknown) => void,
): Promise<void> {
  for await (const chunk of stream) {
    const line = new TextDecoder().decode(chunk).trim();
    if (line !== "") report("the embedded model says", line);
  }
}
