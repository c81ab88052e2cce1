/**
 * Power cuts, as far as software can make them: a file system whose own clock never writes, everything stopped at a random moment,
 * and what its disk has by then opened as after a cut. Takes root, and a kernel with loop devices.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readLines } from "#db/native/lines.ts";
import { descendantsOf, listProcesses } from "../../scripts/run-limited.ts";
import { memoryFolder } from "./memory-folder.ts";
import { until } from "./wait.ts";

const diskMb = 600;
/** The kernel's own write-back begins after 30 s: a disk is not used for longer, so that nothing is there by accident. */
const diskLifeMs = 18_000;
/** Of one disk; they wait in memory until what writes has ended, and take some 100 MB each. */
const mostCopies = 10;
const neededBytes = (mostCopies + 1) * 150 * 1024 * 1024;
const betweenCutsMs = [100, 500] as const;
const firstAckWithinMs = 60_000;
const repository = join(import.meta.dir, "../..");

export interface Hurt {
  /** Writes into a folder, and prints a line first, and the id of each message once it is acknowledged. */
  readonly program: (folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Opens the folder as after a cut. @returns the ids that are there */
  readonly ids: (folder: string) => Promise<ReadonlySet<string>>;
}

export interface Cuts {
  readonly cuts: number;
  /** Acknowledged by the last cut of each disk. */
  readonly acked: number;
  /** For each cut in which something was lost, how much. */
  readonly losses: readonly number[];
}

export async function cutPower(hurt: Hurt, cuts: number): Promise<Cuts> {
  const home = memoryFolder("power", neededBytes);
  const losses: number[] = [];
  let [done, acked] = [0, 0];
  try {
    while (done < cuts) {
      const life = await liveOnce(hurt, home, cuts - done);
      done += life.cuts;
      acked += life.acked;
      losses.push(...life.losses);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return { cuts: done, acked, losses };
}

/** One disk, from its first start on. */
async function liveOnce(hurt: Hurt, home: string, cuts: number): Promise<Cuts> {
  const copies = await copiesOf(hurt, home, Math.min(cuts, mostCopies));
  const losses: number[] = [];
  for (const { image, acked } of copies) {
    const lost = await missingIn(image, join(home, "copy"), hurt, acked);
    if (lost > 0) losses.push(lost);
  }
  return { cuts: copies.length, acked: copies.at(-1)?.acked.length ?? 0, losses };
}

interface Copy {
  /** What the disk had. */
  readonly image: string;
  /** Ids that were acknowledged by then. */
  readonly acked: readonly string[];
}

async function copiesOf(hurt: Hurt, home: string, most: number): Promise<readonly Copy[]> {
  const [image, mount] = [join(home, "disk.img"), join(home, "disk")];
  mkdirSync(mount, { recursive: true });
  run("truncate", "-s", `${diskMb}M`, image);
  run("mkfs.ext4", "-q", "-F", image);
  run("mount", "-o", "loop,commit=600", image, mount);
  const child = Bun.spawn([process.execPath, ...hurt.program(join(mount, "data"))], {
    cwd: repository,
    env: { ...process.env, ...hurt.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines: string[] = [];
  const reading = readLines(child.stdout, (line) => lines.push(line));
  try {
    await until(() => lines.length > 1, { what: "the first ack", deadlineMs: firstAckWithinMs });
    const since = performance.now();
    const copies: Copy[] = [];
    while (copies.length < most && performance.now() - since < diskLifeMs) {
      const [least, longest] = betweenCutsMs;
      await Bun.sleep(least + Math.random() * (longest - least));
      const copy = join(home, `copy-${copies.length}.img`);
      standing(child.pid, () => {
        // What has not been read yet only makes fewer.
        copies.push({ image: copy, acked: lines.slice(1) });
        run("cp", "--sparse=auto", image, copy);
      });
    }
    return copies;
  } finally {
    for (const pid of treeOf(child.pid)) signal(pid, "SIGKILL");
    await child.exited;
    await reading;
    await until(() => Bun.spawnSync(["umount", mount]).success, { what: "the disk to be free", deadlineMs: 20_000 });
    rmSync(image);
  }
}

/** Everything of it stands still meanwhile. */
function standing(pid: number, work: () => void): void {
  const tree = treeOf(pid);
  for (const each of tree) signal(each, "SIGSTOP");
  try {
    work();
  } finally {
    for (const each of tree) signal(each, "SIGCONT");
  }
}

function treeOf(pid: number): readonly number[] {
  return [pid, ...descendantsOf(pid, listProcesses())];
}

/** @returns how many of these ids are not in what the disk has */
async function missingIn(image: string, mount: string, { ids }: Hurt, acked: readonly string[]): Promise<number> {
  mkdirSync(mount, { recursive: true });
  run("mount", "-o", "loop", image, mount);
  try {
    const there = await ids(join(mount, "data"));
    return acked.filter((id) => !there.has(id)).length;
  } finally {
    await until(() => Bun.spawnSync(["umount", mount]).success, { what: "the copy to be free", deadlineMs: 20_000 });
    rmSync(image);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

function run(...words: string[]): void {
  const { success, stderr } = Bun.spawnSync(words);
  if (!success) throw new Error(`${words.join(" ")}: ${stderr.toString()}`);
}
