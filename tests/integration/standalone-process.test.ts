import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test(
  "serves on a free port, comes back on the same one, and stops cleanly",
  async () => {
    await using server = await startStandalone();
    expect((await fetch(server.url)).status).toBe(200);
    const first = server.pid;

    await server.kill("SIGKILL");
    await expect(fetch(server.url)).rejects.toThrow();
    await server.restart();
    expect(server.pid).not.toBe(first);
    expect((await fetch(server.url)).status).toBe(200);

    expect(await server.stop()).toBe(0);
    expect(existsSync(server.dataDir)).toBe(false);
  },
  testMs,
);

test(
  "ends with a sentence when the port is taken",
  async () => {
    await using taken = Bun.serve({ port: 0, fetch: () => new Response() });
    const start = startStandalone({ port: taken.port ?? 0 });
    expect(start).rejects.toThrow(/ended with exit code 1 and wrote:\n.*port/is);
    await start.catch(() => undefined);
  },
  testMs,
);

test(
  "stops cleanly when all of its group are told to, as service managers do",
  async () => {
    await using server = await startStandalone({ command: ["setsid", "node", "start.mjs", "standalone.ts"] });
    const group = server.pid;
    process.kill(-group, "SIGTERM");
    await until(() => !isAlive(group), { what: "it to end" });
    expect(await server.stop()).toBe(0);
    expect(server.logs()).toContain("stopped");
  },
  testMs,
);

test.each([
  ["--help", 0, "stdout"],
  ["--port=1234", 2, "stderr"],
] as const)("starts nothing when it is asked with %s, but says how it is set", async (argument, code, stream) => {
  const child = Bun.spawn([process.execPath, "standalone.ts", argument], { stdout: "pipe", stderr: "pipe" });
  expect(await new Response(child[stream]).text()).toContain("PORT=8080");
  expect(await child.exited).toBe(code);
});
