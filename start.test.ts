import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "#tests/support/wait.ts";
import { listProcesses } from "./scripts/run-limited.ts";

/** Says what it was given, then ends with the code it was given, or waits for SIGTERM. */
const entry = `
process.on("SIGTERM", () => process.exit(9));
console.log(process.pid, process.argv.slice(2).join(" "));
const code = Number(process.argv[2]);
if (code >= 0) process.exit(code);
setInterval(() => {}, 1_000);
`;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "superchat-start-"));
  await copyFile("start.mjs", join(root, "start.mjs"));
  await Bun.write(join(root, "entry.ts"), entry);
  await Bun.write(join(root, "package-lock.json"), '{"packages":{"":{}}}');
  await Bun.write(join(root, "node_modules", ".package-lock.json"), '{"packages":{}}');
  // As after an installation whose install scripts were blocked: a stub, and the binary in the platform's package.
  await Bun.write(join(root, "node_modules", "bun", "bin", "bun.exe"), "exit 1");
  const platform = join(root, "node_modules", "@oven", "bun-here", "bin");
  await mkdir(platform, { recursive: true });
  await symlink(process.execPath, join(platform, "bun"));
});

afterAll(() => rm(root, { recursive: true }));

/** With Node where there is one, as `npm start` does; else Bun stands in. */
function start(...args: string[]) {
  return startWith({}, ...args);
}

function startWith(env: Readonly<Record<string, string>>, ...args: string[]) {
  const node = Bun.which("node") ?? process.execPath;
  return Bun.spawn([node, join(root, "start.mjs"), ...args], {
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

test("passes arguments and the exit code on", async () => {
  const started = start("entry.ts", "3", "--two");
  expect(await new Response(started.stdout).text()).toMatch(/^\d+ 3 --two\n$/);
  expect(await started.exited).toBe(3);
});

test("reads .env beside it, less than the environment counts, and no other file; tests read none", async () => {
  await Bun.write(join(root, ".env"), "FROM_FILE=file\nFROM_BOTH=file\n");
  await Bun.write(join(root, ".env.local"), "FROM_LOCAL=local\n");
  const show = `console.log(process.env.FROM_FILE, process.env.FROM_BOTH, process.env.FROM_LOCAL)`;
  for (const name of ["show.ts", "scripts/test.ts"]) await Bun.write(join(root, name), show);
  const said = async (name: string) =>
    (await new Response(startWith({ FROM_BOTH: "environment" }, name).stdout).text()).trim();
  expect(await said("show.ts")).toBe("file environment undefined");
  expect(await said("scripts/test.ts")).toBe("undefined environment undefined");
  await rm(join(root, ".env"));
  expect(await said("show.ts")).toBe("undefined environment undefined");
});

test("passes SIGTERM on", async () => {
  const started = start("entry.ts", "wait");
  await started.stdout.getReader().read();
  started.kill("SIGTERM");
  expect(await started.exited).toBe(9);
});

test("leaves nothing behind when it is killed", async () => {
  const started = start("entry.ts", "wait");
  const { value } = await started.stdout.getReader().read();
  const pid = Number.parseInt(new TextDecoder().decode(value), 10);
  expect(pid).toBeGreaterThan(1);
  started.kill("SIGKILL");
  await until(() => !listProcesses().some(([running]) => running === pid), { what: "the entry to end" });
});

test("ends its program when the shell between npm and it is killed, which passes no signal on", async () => {
  const node = Bun.which("node") ?? process.execPath;
  const shell = Bun.spawn(["sh", "-c", `"${node}" start.mjs entry.ts wait; true`], {
    cwd: root,
    stdout: "pipe",
    stderr: "ignore",
  });
  const { value } = await shell.stdout.getReader().read();
  const pid = Number.parseInt(new TextDecoder().decode(value), 10);
  expect(pid).toBeGreaterThan(1);
  shell.kill("SIGTERM");
  await until(() => !listProcesses().some(([running]) => running === pid), { what: "the entry to end" });
});

test("says what it wants", async () => {
  const started = start();
  expect(await new Response(started.stderr).text()).toContain("Usage: node start.mjs ENTRY");
  expect(await started.exited).toBe(1);
});
