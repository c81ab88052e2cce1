/** The level of a process that shares its data with no other. */
import type { Levels } from "#domain/ports/index.ts";

export function createOwnLevels(active: number): Levels {
  return {
    active: () => active,
    isOutdated: () => false,
    reread: async () => undefined,
    mayExist: async (level) => level <= active,
  };
}
