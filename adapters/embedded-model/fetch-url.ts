/** One file from an address, continued where an earlier try ended. Does not check what it is: whoever asked knows the sum. */
import { open, stat } from "node:fs/promises";

/** An address that says nothing for so long is given up; what came is kept. */
const silenceMs = 30_000;
export interface FetchUrlOptions {
  readonly url: string;
  /** Appended to. */
  readonly file: string;
  /** Undefined: as many as the server says. */
  readonly bytes: number | undefined;
  readonly onBytes: (completed: number, total: number) => void;
}

/** @throws Error with a reason in words, without the address's query */
export async function fetchUrl({ url, file, bytes, onBytes }: FetchUrlOptions): Promise<void> {
  const from = await sizeOf(file);
  if (bytes !== undefined && from >= bytes) return;
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silenceMs);
  try {
    const headers = from > 0 ? { Range: `bytes=${from}-` } : {};
    const answer = await fetch(url, { headers, signal: quiet.signal });
    // Nothing is left to send.
    if (answer.status === 416 && from > 0 && bytes === undefined) return;
    if (!answer.ok || answer.body === null) throw new Error(`${hostOf(url)} answers ${answer.status}`);
    // Who answers 200 to a range begins anew.
    const start = answer.status === 206 ? from : 0;
    const total = bytes ?? start + Number(answer.headers.get("content-length") ?? Number.NaN);
    if (!Number.isSafeInteger(total)) throw new Error(`${hostOf(url)} does not say how much it sends`);
    const out = await open(file, start > 0 ? "a" : "w");
    let completed = start;
    try {
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        completed += chunk.byteLength;
        if (completed > total) throw new Error(`${hostOf(url)} sends more than ${total} bytes`);
        await out.write(chunk);
        onBytes(completed, total);
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), silenceMs);
      }
    } finally {
      await out.close();
    }
    if (completed < total) throw new Error(`${hostOf(url)} sent ${completed} of ${total} bytes`);
  } catch (error) {
    if (quiet.signal.aborted) throw new Error(`${hostOf(url)} went silent`, { cause: error });
    if (error instanceof Error && "code" in error) throw new Error(`${hostOf(url)} can't be reached`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function hostOf(url: string): string {
  return new URL(url).host;
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
