/** Ids and words for tests: random enough to be unique, not checked for more. */
import type { Ids } from "#domain/ports/index.ts";

export function createMemoryIds(): Ids {
  const hex = () => crypto.randomUUID().replaceAll("-", "");
  return {
    next: () => Bun.randomUUIDv7(),
    word: (length) =>
      Array.from({ length: Math.ceil(length / 32) }, hex)
        .join("")
        .slice(0, length),
  };
}
