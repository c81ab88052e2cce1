/**
 * How close this process is to the number of files it may have open. Past it Bun can't take connections in any more and tries without
 * pause, at the cost of a whole core and without a word: whoever listens must stop listening before.
 */
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

/** Kept free for files, services and children, where the limit is large enough. */
export const mostKeptFree = 64;
/** Of the limit, where it is small. */
const partKeptFree = 1 / 8;

export interface OpenFiles {
  /** Undefined where the system does not say. */
  readonly limit: number | undefined;
  /** How many connections there is room for now; undefined where the system does not say. */
  room(): number | undefined;
  /**
   * How many connections may come before nearly all files are open, roughly: fewer may, where files of low numbers were closed and those above
   * are open still. 0 is sure. Cheap enough to be asked several times a second.
   */
  left(): number;
  /** Counts them: for whoever has stopped. */
  areFewAgain(): boolean;
}

export function watchOpenFiles(limit = limitOfThisProcess()): OpenFiles {
  const keptFree = limit === undefined ? mostKeptFree : Math.min(mostKeptFree, Math.ceil(limit * partKeptFree));
  return {
    limit,
    room() {
      const open = count();
      return limit === undefined || open === undefined ? undefined : Math.max(0, limit - keptFree - open);
    },
    left() {
      const lowest = lowestFree();
      if (lowest === undefined) return 0;
      return limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limit - keptFree - lowest);
    },
    areFewAgain() {
      const open = count();
      return open === undefined ? lowestFree() !== undefined : limit === undefined || open <= limit - 2 * keptFree;
    },
  };
}

/** The system always gives the lowest number that is free: so many files are open at least. Undefined when none is free. */
function lowestFree(): number | undefined {
  try {
    const file = openSync("/dev/null", "r");
    closeSync(file);
    return file;
  } catch {
    return undefined;
  }
}

function count(): number | undefined {
  try {
    return readdirSync("/dev/fd").length;
  } catch {
    return undefined;
  }
}

function limitOfThisProcess(): number | undefined {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
