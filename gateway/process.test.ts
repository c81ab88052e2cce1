import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { standstillMs } from "#domain/standstill.ts";
import { nameOfProcess } from "./process.ts";

test("a process has a name of its own among all machines and containers", () => {
  expect(nameOfProcess("writer")).toBe(`writer-${hostname()}-${process.pid}`);
});

test("every process notices that it stood still, also one in which nobody reads", async () => {
  const program = `
    import { runProcess } from "#gateway/process.ts";
    import { standstill } from "#domain/standstill.ts";
    await runProcess(async () => {
      const before = standstill.count();
      Bun.sleepSync(${standstillMs + 100});
      process.stdout.write(String(standstill.count() - before));
    });`;
  const child = Bun.spawn([process.execPath, "-e", program], { cwd: import.meta.dir, stdout: "pipe" });
  expect([await new Response(child.stdout).text(), await child.exited]).toEqual(["1", 0]);
});
