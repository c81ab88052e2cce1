/** `npm run cluster` as somebody uses it: ready, broken, repaired, ended, and started again on what it kept. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/services/ports.ts";
import { freshName } from "../support/api-person.ts";
import { until } from "../support/wait.ts";

const root = join(import.meta.dir, "../..");
const readyWithinMs = 90_000;
const password = "a good long password";
let dir: string;
let port: number;
let running: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;

interface Description {
  readonly url: string;
  readonly processes: readonly { name: string; role: string; pid: number; port: number; metricsPort?: number }[];
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "superchat-cluster-"));
  port = freePort();
});

afterAll(async () => {
  running?.kill("SIGTERM");
  await running?.exited;
  await rm(dir, { recursive: true, force: true });
}, readyWithinMs);

const cluster = (...words: string[]) =>
  Bun.spawn([process.execPath, "--no-orphans", "scripts/cluster.ts", ...words, "--dir", dir], {
    cwd: root,
    // All would have the same one, if they took it over.
    env: { ...process.env, LIMITS: "off", METRICS_PORT: "9464" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });

const description = async () => JSON.parse(await readFile(join(dir, "cluster.json"), "utf8")) as Description;
const processOf = async (name: string) => (await description()).processes.find((each) => each.name === name)!;
const sentence = async (child: ReturnType<typeof cluster>) => ({
  text: `${await new Response(child.stdout).text()}${await new Response(child.stderr).text()}`,
  exitCode: await child.exited,
});

async function start(): Promise<Description> {
  running = cluster("--port", `${port}`, "--bots", "0");
  const { exited } = running;
  await Promise.race([
    until(() => existsSync(join(dir, "cluster.json")), { deadlineMs: readyWithinMs, what: "the cluster to be ready" }),
    exited.then(async () => Promise.reject(new Error((await sentence(running!)).text))),
  ]);
  return await description();
}

const api = (path: string, body: unknown, token?: string) =>
  fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
  });

test(
  "it starts everything, says so in cluster.json, and serves",
  async () => {
    const { url, processes } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    expect(processes.map(({ name, role }) => `${name} ${role}`)).toEqual([
      "nginx nginx",
      "gateway-1 gateway",
      "gateway-2 gateway",
      "writer-1 writer",
      "redis redis",
      "kafka kafka",
      "postgres postgres",
    ]);
    for (const { pid } of processes) expect(existsSync(`/proc/${pid}`)).toBe(true);
    expect((await api("/users", { name: "ada", password })).status).toBe(201);
    // Only their owner reads the secret and how to command the cluster.
    for (const name of ["secret", "control.json"]) expect((await stat(join(dir, name))).mode & 0o077).toBe(0);
  },
  readyWithinMs,
);

test("each of Superchat's processes serves its metrics on a port of its own", async () => {
  const own = (await description()).processes.filter(({ metricsPort }) => metricsPort !== undefined);
  expect(own.map(({ name }) => name)).toEqual(["gateway-1", "gateway-2", "writer-1"]);
  expect(new Set(own.map(({ metricsPort }) => metricsPort)).size).toBe(3);
  for (const { role, metricsPort, port: served } of own) {
    expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain(`superchat_${role}_`);
    expect(served === metricsPort).toBe(role === "writer");
  }
});

test("npm run conformance finds that every promise is kept", async () => {
  const command = [process.execPath, "scripts/conformance.ts", `http://127.0.0.1:${port}`];
  const { text, exitCode } = await sentence(
    Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" }),
  );
  expect(text).not.toContain("FAIL");
  expect(text).toMatch(/\n\d+ passed, 0 failed\n$/);
  expect(exitCode).toBe(0);
}, 60_000);

test("a killed gateway stays away and is not missed, until it is started again at its port", async () => {
  const before = await processOf("gateway-1");
  process.kill(before.pid, "SIGKILL");
  for (let count = 0; count < 20; count++) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  const { text, exitCode } = await sentence(cluster("start", "gateway-1"));
  const after = await processOf("gateway-1");
  expect(text).toBe(`gateway-1 runs again, with pid ${after.pid}.\n`);
  expect(exitCode).toBe(0);
  expect(after.pid).not.toBe(before.pid);
  expect((await fetch(`http://127.0.0.1:${before.port}/readyz`)).status).toBe(200);
});

test("gateways are restarted in turn while people read and write: not one request fails", async () => {
  const { accessToken } = (await (await api("/sessions", { name: "ada", password })).json()) as { accessToken: string };
  const { room } = (await (
    await api("/rooms", { name: freshName("busy"), visibility: "public" }, accessToken)
  ).json()) as {
    room: { id: string };
  };
  const seen: Record<string, number> = {};
  let going = true;
  const people = [
    () => fetch(`http://127.0.0.1:${port}/sign-in`),
    () => api(`/rooms/${room.id}/messages`, { text: "on and on" }, accessToken),
  ].flatMap((ask) =>
    [1, 2, 3].map(async () => {
      while (going) {
        const answer = await ask();
        await answer.text();
        seen[answer.status] = (seen[answer.status] ?? 0) + 1;
      }
    }),
  );
  try {
    for (const name of ["gateway-1", "gateway-2"]) {
      const { pid } = await processOf(name);
      process.kill(pid, "SIGTERM");
      await until(() => !existsSync(`/proc/${pid}`), { what: `${name} to end` });
      expect((await sentence(cluster("start", name))).exitCode).toBe(0);
    }
  } finally {
    going = false;
    await Promise.all(people);
  }
  expect(Object.keys(seen).sort()).toEqual(["200", "201"]);
  expect(seen["201"]).toBeGreaterThan(100);
});

test.each(["kafka", "postgres", "redis", "nginx"])("%s can be killed and started again", async (name) => {
  const before = await processOf(name);
  process.kill(before.pid, "SIGKILL");
  expect(await sentence(cluster("start", name))).toMatchObject({ exitCode: 0 });
  expect((await processOf(name)).pid).not.toBe(before.pid);
  await until(async () => (await api("/sessions", { name: "ada", password })).status === 201, { what: "a sign-in" });
});

test("what can't be done is said in a sentence", async () => {
  expect(await sentence(cluster("start", "gateway-9"))).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("There is no gateway-9 in this cluster. There are: "),
  });
  expect(await sentence(cluster("--port", `${freePort()}`))).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("is in use by Superchat process"),
  });
  const other = Bun.spawn([process.execPath, "scripts/cluster.ts", "--port", `${port}`, "--dir", join(dir, "other")], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await new Response(other.stderr).text()).toContain(`Port ${port} is in use by another program.`);
  expect(await other.exited).toBe(1);
});

test(
  "SIGTERM ends all of it, a frozen process too; the next start has the data and the secret",
  async () => {
    const secret = await readFile(join(dir, "secret"), "utf8");
    const { processes } = await description();
    process.kill((await processOf("writer-1")).pid, "SIGSTOP");
    running?.kill("SIGTERM");
    expect(await running?.exited).toBe(0);
    for (const { pid } of processes) expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(join(dir, "cluster.json"))).toBe(false);

    await start();
    expect(await readFile(join(dir, "secret"), "utf8")).toBe(secret);
    expect((await api("/sessions", { name: "ada", password })).status).toBe(201);
    for (const name of ["gateway-1", "writer-1", "kafka", "nginx"])
      expect(existsSync(join(dir, "logs", `${name}.log`))).toBe(true);
  },
  2 * readyWithinMs,
);

test(
  "when the cluster itself is killed with -9, nothing of it goes on, and the next start begins clean",
  async () => {
    const { processes } = await description();
    const launcher = running!.pid;
    const foldersOf = async (pid: number) =>
      (await readdir(tmpdir())).filter((name) => new RegExp(`^superchat-redis-\\d+-${pid}-`).test(name));
    running?.kill("SIGKILL");
    await running?.exited;
    await until(() => processes.every(({ pid }) => !existsSync(`/proc/${pid}`)), { what: "its processes to end" });
    expect(existsSync(join(dir, "cluster.json"))).toBe(true);
    expect(await foldersOf(launcher)).toHaveLength(1);
    expect(await sentence(cluster("start", "gateway-1"))).toEqual({
      exitCode: 1,
      text: `No cluster runs in ${dir}. Start one: npm run cluster -- --dir ${dir}\n`,
    });

    const startedAt = Date.now();
    running = cluster("--port", `${port}`, "--bots", "0");
    await until(() => !existsSync(join(dir, "cluster.json")), { what: "what it said to be gone" });
    await until(() => existsSync(join(dir, "cluster.json")), {
      deadlineMs: readyWithinMs,
      what: "the next to be ready",
    });
    expect((await stat(join(dir, "cluster.json"))).mtimeMs).toBeGreaterThan(startedAt);
    expect((await description()).processes.map(({ name }) => name)).toEqual(processes.map(({ name }) => name));
    expect(await foldersOf(launcher)).toEqual([]);
    expect((await api("/sessions", { name: "ada", password })).status).toBe(201);
  },
  readyWithinMs,
);
