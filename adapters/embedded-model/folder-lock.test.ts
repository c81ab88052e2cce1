import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alone } from "./folder-lock.ts";

const times = { signEveryMs: 20, deadAfterMs: 300, lookEveryMs: 5 };

test("one after the other, for longer than a dead one is waited for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "superchat-lock-"));
  try {
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await Bun.sleep(2 * times.deadAfterMs);
      inside--;
    };
    await Promise.all([alone(folder, work, times), alone(folder, work, times)]);
    expect(most).toBe(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("who died is succeeded, who fails makes room", async () => {
  const folder = await mkdtemp(join(tmpdir(), "superchat-lock-"));
  try {
    await mkdir(join(folder, "fetching"));
    expect(await alone(folder, async () => "mine", times)).toBe("mine");
    const failing = alone(folder, () => Promise.reject(new Error("no hub")), times);
    expect(await failing.catch(({ message }) => message)).toBe("no hub");
    expect(await alone(folder, async () => "mine again", times)).toBe("mine again");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
