/** What the peers are made of: packages that only they need, installed once into a folder of their own, and the Node that runs them. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../scripts/services/cache.ts";

export const versions = {
  "socket.io": "4.8.4",
  "@socket.io/redis-streams-adapter": "0.3.1",
  ws: "8.23.0",
  redis: "6.3.1",
} as const;

const oldestNode = 20;

/** @returns the folder with node_modules. @throws Error with a sentence when they can't be had */
export async function ensurePeerPackages(): Promise<string> {
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const folder = join(cacheFolder, `peers-${Bun.hash(wanted.join(" ")).toString(36)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(join(cacheFolder, "peers-install-"));
  try {
    const words = ["npm", "install", "--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund", ...wanted];
    const { success } = Bun.spawnSync(words, { stdin: "ignore", stdout: "ignore", stderr: "inherit" });
    if (!success) throw new Error(`${wanted.join(", ")} could not be installed.`);
    // Renamed into place when complete, so what is there is whole.
    await rename(fresh, folder).catch((error) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

export interface Node {
  readonly path: string;
  readonly version: string;
}

/** @throws Error with a sentence when there is none that is new enough */
export function findNode(): Node {
  const path = Bun.which("node");
  const version = path === null ? "" : Bun.spawnSync([path, "--version"]).stdout.toString().trim().slice(1);
  if (path === null || Number.parseInt(version, 10) < oldestNode)
    throw new Error(`The peers run on Node ${oldestNode} or newer. Install it.`);
  return { path, version };
}
