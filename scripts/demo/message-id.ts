/** Ids of messages that come out the same for the same words: UUIDs of version 7 whose chance is a hash. */

/** Where the community's clock starts, for ids alone: the server stamps the times that people see. */
const startMs = Date.UTC(2026, 0, 5, 8);

/** @param atMs since the community's first morning */
export function messageId(words: string, atMs: number): string {
  const hash = new Bun.CryptoHasher("sha256").update(words).digest("hex");
  const time = Math.round(startMs + atMs)
    .toString(16)
    .padStart(12, "0");
  const variant = "89ab"[Number.parseInt(hash.slice(0, 1), 16) % 4];
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${hash.slice(1, 4)}`,
    `${variant}${hash.slice(4, 7)}`,
    hash.slice(7, 19),
  ].join("-");
}
