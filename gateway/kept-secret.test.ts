import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptSecret } from "./kept-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "superchat-secret-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a secret is made once, for its owner alone, and nothing else stays; what a killed start left is in nobody's way", async () => {
  writeFileSync(join(folder, "secret.1.new"), "left by a start that was killed");
  const first = await keptSecret(folder);
  expect(first.length).toBeGreaterThanOrEqual(48);
  expect(statSync(join(folder, "secret")).mode & 0o777).toBe(0o600);
  expect(await keptSecret(folder)).toBe(first);
  expect(readdirSync(folder).sort()).toEqual(["secret", "secret.1.new"]);
});

test("an empty one is refused with a sentence", async () => {
  const path = join(folder, "secret");
  writeFileSync(path, "");
  await expect(keptSecret(folder)).rejects.toThrow(`The file ${path} is empty.`);
});
