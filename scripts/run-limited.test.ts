import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "#tests/support/wait.ts";
import { descendantsOf, listProcesses, runLimited } from "./run-limited.ts";

test("finds all descendants", () => {
  const processes = [
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 1],
    [6, 4],
  ] as const;
  expect(descendantsOf(2, processes)).toEqual([3, 4, 6]);
});

test("passes the exit code on", async () => {
  expect(await runLimited(["-e", "process.exit(3)"], 10_000)).toEqual({ exitCode: 3, timedOut: false, output: "" });
});

test("ends what runs too long, with what it started in turn", async () => {
  const pidFile = join(tmpdir(), `superchat-limit-${process.pid}-${Date.now()}`);
  const shell = `sleep 300 & echo $! > ${pidFile}; wait`;
  const ending = await runLimited(["-e", `Bun.spawnSync(["sh", "-c", ${JSON.stringify(shell)}])`], 1_000);
  expect(ending).toMatchObject({ exitCode: null, timedOut: true });
  const grandchild = Number(await Bun.file(pidFile).text());
  await Bun.file(pidFile).delete();
  expect(grandchild).toBeGreaterThan(1);
  await until(() => !isRunning(grandchild), { deadlineMs: 5_000, what: "the grandchild to end" });
});

test("does not wait for what outlives its parents and holds their output", async () => {
  const shell = JSON.stringify(["sh", "-c", "sleep 300 & echo $! >&2"]);
  const ending = await runLimited(
    ["-e", `Bun.spawnSync(${shell}, { stdio: ["ignore", "ignore", "inherit"] })`],
    60_000,
  );
  const orphan = Number(ending.output);
  expect(orphan).toBeGreaterThan(1);
  process.kill(orphan);
  expect(ending).toMatchObject({ exitCode: 0, timedOut: false });
});

test("sees this process and its parent", () => {
  expect(listProcesses()).toContainEqual([process.pid, process.ppid]);
});

function isRunning(pid: number): boolean {
  return listProcesses().some(([running]) => running === pid);
}
