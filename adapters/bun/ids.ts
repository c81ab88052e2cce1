/** Ids and random words from the runtime's cryptographic randomness. */
import type { Ids } from "#domain/ports/index.ts";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
/** Bytes from here on are thrown away, so that every letter is equally likely. */
const firstBiasedByte = 256 - (256 % letters.length);

export function createBunIds(make: () => string = () => Bun.randomUUIDv7()): Ids {
  let last = "";

  /** Ids of one process ascend, also when the clock is set back. */
  function next(): string {
    let id = make();
    if (id <= last) id = Bun.randomUUIDv7("hex", timeOf(last) + 1);
    last = id;
    return id;
  }

  return { next, word };
}

function word(length: number): string {
  let made = "";
  while (made.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(2 * length))) {
      if (byte < firstBiasedByte && made.length < length) made += letters[byte % letters.length];
    }
  }
  return made;
}

/** The milliseconds in the first 48 bits (RFC 9562, section 5.7). */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
