/**
 * Runs a service as nobody when we are root, who some refuse to serve. It can work in a folder below one that only root may
 * enter: then it gets the one capability to do so. It ends when whoever started it is gone.
 */
import { chownSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

export const nobody = 65_534;
/** Bits of the kernel's capability sets; containers often have only the second. */
const capabilities = { dac_read_search: 2, dac_override: 1 } as const;

export type EndSignal = "TERM" | "INT" | "KILL";

export interface Unprivileged {
  /** The words that run these words. */
  command(words: readonly string[]): string[];
  /** Makes a file or folder the service's own. */
  own(path: string): void;
}

/**
 * @param paths where it works, and what it runs
 * @param endSignal what the service gets when its parent dies
 * @param userId whose right it has when we are root
 */
export function unprivileged(paths: readonly string[], endSignal: EndSignal, userId = nobody): Unprivileged {
  const setpriv = Bun.which("setpriv");
  if (process.getuid?.() !== 0) return { command: (words) => endingWithParent(words, endSignal), own: () => undefined };
  if (setpriv === null) throw new Error("Services are not run as root, and there is no setpriv to run them otherwise.");
  const user = [`--reuid=${userId}`, `--regid=${userId}`, "--clear-groups"];
  const prefix = [setpriv, ...user, ...passage(paths), "--pdeathsig", endSignal];
  return { command: (words) => [...prefix, ...words], own: (path) => chownSync(path, userId, userId) };
}

/** An orphaned service would keep its port and its data. */
export function endingWithParent(words: readonly string[], signal: EndSignal): string[] {
  const setpriv = Bun.which("setpriv");
  return setpriv === null ? [...words] : [setpriv, "--pdeathsig", signal, ...words];
}

function passage(paths: readonly string[]): string[] {
  const closed = paths.find((path) => !isOpen(resolve(path)));
  if (closed === undefined) return [];
  const [, effective = "0"] = readFileSync("/proc/self/status", "utf8").match(/^CapEff:\s*([0-9a-f]+)/m) ?? [];
  const name = Object.entries(capabilities).find(([, bit]) => (BigInt(`0x${effective}`) >> BigInt(bit)) & 1n)?.[0];
  if (name === undefined)
    throw new Error(`Services are not run as root, and ${closed} is below a folder that only root may enter.`);
  return [`--inh-caps=-all,+${name}`, `--ambient-caps=-all,+${name}`];
}

function isOpen(folder: string): boolean {
  const parent = dirname(folder);
  return parent === folder || ((statSync(parent).mode & 0o001) !== 0 && isOpen(parent));
}
