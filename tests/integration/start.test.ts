/** What an operator sees when the product can't start: one clear sentence, exit code 1, nothing damaged. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const startWithinMs = 60_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-start-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function spawn(env: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  return Bun.spawn([process.execPath, "standalone.ts"], {
    cwd: join(import.meta.dir, "../.."),
    env: { PATH, HOME, HOST: "127.0.0.1", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function failedStart(env: Record<string, string>): Promise<Outcome> {
  const child = spawn(env);
  const timer = setTimeout(() => child.kill("SIGKILL"), startWithinMs);
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(timer);
  return { code, out, err };
}

test("wrong settings are named all at once, and no folder is made", async () => {
  const dataDir = join(folder, "untouched");
  const { code, out, err } = await failedStart({
    PORT: "eighty",
    LIMITS: "perhaps",
    JWT_SECRET: "short",
    DATA_DIR: dataDir,
  });
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toContain("PORT must be a whole number from 0 to 65535");
  expect(err).toContain('LIMITS must be "on" or "off"');
  expect(err).toContain("JWT_SECRET must have at least 32 characters");
  expect(err).not.toMatch(/\n {4}at |node_modules/);
  expect(await readdir(folder)).not.toContain("untouched");
});

test("a port in use is said before the data folder is touched", async () => {
  // One that would share its port with us, as Bun does out of development.
  using taken = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: () => new Response("mine"),
  });
  const dataDir = join(folder, "no-port");
  const { code, err } = await failedStart({ PORT: String(taken.port), DATA_DIR: dataDir });
  expect(code).toBe(1);
  expect(err).toContain(`Port ${taken.port} is in use`);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(await readdir(folder)).not.toContain("no-port");
});

test("a folder that can't be written is said", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "not a folder");
  const { code, err } = await failedStart({ PORT: "0", DATA_DIR: join(file, "data") });
  expect(code).toBe(1);
  expect(err).toContain("DATA_DIR");
  expect(err.trim().split("\n")).toHaveLength(1);
});

test(
  "a data folder in use by a living process is left alone; SIGTERM stops that one cleanly, and a second start is quick",
  async () => {
    const dataDir = join(folder, "data");
    const first = await startedProcess({ PORT: "0", DATA_DIR: dataDir });
    const { code, err } = await failedStart({ PORT: "0", DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(err).toContain(`in use by Superchat process ${first.child.pid}`);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);

    const second = await startedProcess({ PORT: "0", DATA_DIR: dataDir });
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
    second.child.kill("SIGKILL");
    await second.child.exited;
    const third = await startedProcess({ PORT: "0", DATA_DIR: dataDir });
    third.child.kill("SIGINT");
    expect(await third.child.exited).toBe(0);
  },
  { timeout: 3 * startWithinMs },
);

async function startedProcess(env: Record<string, string>) {
  const child = spawn({ ...env, LOG_LEVEL: "silent" });
  let out = "";
  for await (const chunk of child.stdout) {
    out += new TextDecoder().decode(chunk);
    const url = /Superchat is at (\S+)/.exec(out)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`it ended without serving: ${await new Response(child.stderr).text()}`);
}
