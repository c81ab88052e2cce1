/**
 * How `start NAME` reaches the cluster in the foreground, which alone may start processes: they end with whoever started them.
 * A port of this machine and a word that only the owner of the folder can read.
 */
import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const wordBytes = 24;
/** Kafka and a gateway that waits for it, on a busy machine. */
const answerWithinMs = 180_000;

const asked = z.object({ name: z.string(), code: z.string().optional() });
const whereabouts = z.object({ port: z.number(), word: z.string() });

export interface Control {
  stop(): Promise<void>;
}

/** @param start answers a sentence, or throws one */
export async function listenForStarts(
  dir: string,
  start: (name: string, code?: string) => Promise<string>,
): Promise<Control> {
  const word = randomBytes(wordBytes).toString("base64url");
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    development: false,
    reusePort: false,
    async fetch(request) {
      if (request.headers.get("authorization") !== `Bearer ${word}`) return new Response(null, { status: 401 });
      try {
        const { name, code } = asked.parse(await request.json());
        return new Response(await start(name, code));
      } catch (error) {
        return new Response(error instanceof Error ? error.message : String(error), { status: 409 });
      }
    },
  });
  await rm(fileIn(dir), { force: true });
  await writeFile(fileIn(dir), JSON.stringify({ port: server.port, word }), { mode: 0o600 });
  return {
    async stop() {
      await rm(fileIn(dir), { force: true });
      await server.stop(true);
    },
  };
}

/** @returns the cluster's sentence. @throws Error with one */
export async function askForStart(dir: string, name: string, code?: string): Promise<string> {
  const nobody = new Error(`No cluster runs in ${dir}. Start one: npm run cluster -- --dir ${dir}`);
  let answer: Response;
  try {
    const { port, word } = whereabouts.parse(JSON.parse(await readFile(fileIn(dir), "utf8")));
    answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: JSON.stringify({ name, code }),
      headers: { Authorization: `Bearer ${word}` },
      signal: AbortSignal.timeout(answerWithinMs),
    });
  } catch (cause) {
    if (cause instanceof Error && cause.name === "TimeoutError")
      throw new Error(`${name} was not ready after ${answerWithinMs / 1_000} seconds: see ${dir}/logs.`, { cause });
    throw nobody;
  }
  if (answer.status === 401) throw nobody;
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.text();
}

function fileIn(dir: string): string {
  return join(dir, "control.json");
}
