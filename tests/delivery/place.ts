/** Where a run takes place: a cluster, with a small disk for its log and a clock for one of its gateways where those can be had. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureProgram } from "../../scripts/services/debian.ts";
import { startCluster } from "../support/cluster.ts";
import { startParrot } from "./parrot.ts";
import { type Clock, type Disk, servicesOf, type World } from "./world.ts";

/** For the log of a quarter of an hour, and small enough to be filled. */
const diskMb = 1_024;
const clockOf = "gateway-1";
const fakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

export interface PlaceOptions {
  readonly gateways: number;
  readonly brokers: number;
  readonly bots: number;
  /** With what needs root on Linux: a disk that can be filled, a clock that can be stepped. */
  readonly disk: boolean;
  readonly clock: boolean;
  /** Where Superchat's own processes begin from; default: this version. */
  readonly code?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Place = Pick<World, "cluster" | "url" | "env" | "kafka" | "topic" | "disk" | "clock"> &
  AsyncDisposable & {
    /** Of processes that can be killed and frozen. */
    readonly roles: readonly string[];
  };

export async function openPlace({ gateways, brokers, bots, ...wanted }: PlaceOptions): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "superchat-delivery-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const disk = wanted.disk ? await openDisk(folder) : undefined;
  if (disk !== undefined) opened.defer(disk.close);
  const clock = wanted.clock ? await openClock(folder) : undefined;
  const parrot = opened.use(startParrot());
  const cluster = await startCluster({
    gateways,
    writers: 2,
    bots,
    brokers,
    env: { LOG_LEVEL: "warn", OLLAMA_URL: parrot.url, LLM_MODEL: "parrot:1", ...wanted.env },
    ownEnv: clock?.ownEnv ?? [],
    ...(wanted.code === undefined ? {} : { code: wanted.code }),
    prepare: async (own) => disk?.holdLog(own),
  });
  opened.defer(async () => void (await cluster.stop()));
  const roles = [...new Set((await cluster.processes()).map(({ role }) => role))];
  const services = await servicesOf(cluster);
  const owned = opened.move();
  return {
    cluster,
    url: cluster.url,
    roles,
    disk,
    clock,
    ...services,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openDisk(folder: string) {
  const mount = join(folder, "disk");
  await mkdir(mount);
  run("mount", "-t", "tmpfs", "-o", `size=${diskMb}m`, "tmpfs", mount);
  const ballast = join(mount, "ballast");
  const disk: Disk = {
    async fill() {
      // Until there is no room: the last piece fails.
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}`, "bs=64k"], { stderr: "ignore" });
    },
    free: () => rm(ballast, { force: true }),
  };
  return {
    ...disk,
    async holdLog(cluster: string) {
      await mkdir(join(mount, "log"));
      await mkdir(join(cluster, "kafka"), { recursive: true });
      await symlink(join(mount, "log"), join(cluster, "kafka", "data"));
    },
    close: async () => run("umount", "--lazy", mount),
  };
}

/** Time of day only: what counts how long something takes goes on as it is. */
async function openClock(folder: string) {
  const library = ensureProgram({
    name: "libfaketime",
    packages: ["libfaketime"],
    find: () => (existsSync(fakeTime) ? fakeTime : undefined),
  });
  const file = join(folder, "clock");
  const step: Clock["step"] = async (seconds) => {
    await writeFile(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    await rename(`${file}.new`, file);
  };
  await step(0);
  const variables = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  const ownEnv = Object.entries(variables).map(([name, value]) => `${clockOf}:${name}=${value}`);
  return { name: clockOf, step, ownEnv };
}

function run(...words: string[]): void {
  const { success, stderr } = Bun.spawnSync(words, { stdin: "ignore" });
  if (!success) throw new Error(`${words[0]} failed: ${stderr}`);
}
