import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockDataFolder } from "./data-lock.ts";

const root = mkdtempSync(join(tmpdir(), "superchat-lock-"));
afterAll(() => rmSync(root, { recursive: true }));

test("a folder is locked once, and again after its release", () => {
  const folder = join(root, "made", "when missing");
  const lock = lockDataFolder(folder);
  const sentence = `The data folder ${folder} is in use by Superchat process ${process.pid}; stop it or choose another DATA_DIR.`;
  expect(() => lockDataFolder(folder)).toThrow(sentence);
  lock.release();
  lockDataFolder(folder).release();
});

test("a refused attempt does not loosen the lock", async () => {
  const folder = join(root, "held");
  const lock = lockDataFolder(folder);
  expect(() => lockDataFolder(folder)).toThrow("is in use by");
  const other = startHolder(folder);
  expect(await new Response(other.stdout).text()).toBe("");
  expect(await other.exited).not.toBe(0);
  lock.release();
});

test("the lock of a process that was killed is taken over at once", async () => {
  const folder = join(root, "killed");
  const holder = startHolder(folder);
  await holder.stdout.getReader().read();
  expect(() => lockDataFolder(folder)).toThrow(`is in use by Superchat process ${holder.pid};`);
  holder.kill("SIGKILL");
  await holder.exited;
  expect(readdirSync(folder)).toContain("superchat.pid");
  lockDataFolder(folder).release();
});

test("a folder that can't be written is named with the reason", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  const sentence = `The data folder ${file}/data can't be written (ENOTDIR); make it writable or choose another DATA_DIR.`;
  expect(() => lockDataFolder(`${file}/data`)).toThrow(sentence);
});

function startHolder(folder: string) {
  const script = `
    import { lockDataFolder } from ${JSON.stringify(join(import.meta.dir, "data-lock.ts"))};
    globalThis.lock = lockDataFolder(${JSON.stringify(folder)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
  return Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
}
