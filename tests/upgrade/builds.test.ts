/** Which commit counts as the last release. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thisBuild } from "#domain/levels.ts";
import { lastRelease, releaseBefore, silentRelease, versionAt } from "./builds.ts";

// A release is installed once, which takes its time.
setDefaultTimeout(300_000);

let repository: string;

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), "superchat-history-"));
  git("init", "--quiet");
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

function git(...words: string[]): string {
  const named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...words];
  const { success, stdout, stderr } = Bun.spawnSync(["git", ...named], { cwd: repository, stdin: "ignore" });
  if (!success) throw new Error(stderr.toString());
  return stdout.toString().trim();
}

function commit(version: string, rest: string): string {
  writeFileSync(join(repository, "package.json"), `{\n  "version": "${version}",\n  "description": "${rest}"\n}\n`);
  git("add", "package.json");
  git("commit", "--quiet", "-m", rest);
  return git("rev-parse", "HEAD");
}

test("the last release is the newest commit that gave another version than there is now", () => {
  commit("0.1.0", "the project begins");
  commit("0.1.0", "goes on");
  // Not yet a release: whoever makes the next one is told of it before it is committed.
  expect(releaseBefore("0.1.0", repository)).toBeUndefined();
  expect(releaseBefore("0.2.0", repository)).toBeUndefined();
  const second = commit("0.2.0", "is released");
  expect(releaseBefore("0.2.0", repository)).toBeUndefined();
  commit("0.2.0", "goes on after the release");
  expect(releaseBefore("0.2.0", repository)).toBeUndefined();
  expect(releaseBefore("0.3.0", repository)).toBe(second);
  commit("0.3.0", "is released again");
  expect(releaseBefore("0.3.0", repository)).toBe(second);
  commit("0.3.0", "goes on again");
  expect(releaseBefore("0.3.0", repository)).toBe(second);
});

test("a clone without the history is told to get it", () => {
  const shallow = join(repository, "shallow");
  git("clone", "--quiet", "--depth=1", `file://${repository}`, shallow);
  expect(() => versionAt("34ef7a910d5d56081578887a964e90750b1fb811", shallow)).toThrow("git fetch --unshallow");
});

test("it is the one that this version says it runs beside", () => {
  expect(lastRelease().version).toBe(thisBuild.previous);
  expect(silentRelease().version).toBe("0.1.0");
});
