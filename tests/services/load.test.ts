/** `npm run load`: scenarios pass where every promise holds, fail where one is broken, and leave a report. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../../load/k6/shared/catalogue.ts";
import { ensureK6 } from "../../scripts/services/k6.ts";
import { openBotWorld, openParrot } from "../support/bots.ts";
import { startBreakingProxy } from "../support/breaking-proxy.ts";
import { startGateway } from "../support/gateway.ts";
import type { Reply } from "../support/program.ts";
import { type StandaloneServer, startStandalone } from "../support/server.ts";

const root = join(import.meta.dir, "../..");
let server: StandaloneServer;
let out: string;
beforeAll(async () => {
  server = await startStandalone({ env: { LOG_LEVEL: "error" } });
  out = await mkdtemp(join(tmpdir(), "superchat-load-"));
});
afterAll(async () => {
  await server.stop();
  await rm(out, { recursive: true, force: true });
});

/** How quick it is says little on a machine that runs other tests. */
const patient = ["--ack-p95", "10000", "--delivery-p95", "10000"];

async function load(url: string, scenario: string, ...words: string[]) {
  const folder = join(out, scenario);
  const child = Bun.spawn([process.execPath, "scripts/load.ts", scenario, "--url", url, "--out", folder, ...words], {
    ...{ cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  const [said, problems] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const figures = Bun.file(join(folder, "summary.json"));
  const { metrics = {} } = (await figures.exists()) ? await figures.json() : {};
  const count = (name: string): number => metrics[name]?.values.count;
  return { exitCode: await child.exited, said, problems, count, report: Bun.file(join(folder, "report.html")) };
}

test("chat passes, and leaves a summary, figures and a report", async () => {
  const run = await load(server.url, "chat", "--people", "6", "--seconds", "4", "--think", "0.4", ...patient);
  expect({ exitCode: run.exitCode, problems: run.problems, said: run.said }).toEqual({
    ...{ exitCode: 0, problems: "" },
    said: expect.stringMatching(/lost 0, doubled 0, reordered 0[\s\S]*PASSED: all \d+ thresholds hold\.\nReport: /),
  });
  expect(run.count("chat_acked")).toBe(run.count("chat_sent"));
  expect(run.count("chat_sent")).toBeGreaterThan(20);
  expect(run.count("chat_received")).toBeGreaterThan(run.count("chat_sent"));
  expect(run.count("chat_checked")).toBe(12);
  const report = await run.report.text();
  expect(report).toMatch(/<pre [^>]*>\nchat: people[^<]*PASSED: all/);
  expect(dataIn(report)).toContain('"query":"chat_delivery[');
}, 60_000);

/** The report unpacks its figures when it is opened. */
function dataIn(report: string): string {
  const packed = /<script id="data"[^>]*>([^<]*)</.exec(report)?.[1] ?? "";
  return new TextDecoder().decode(Bun.gunzipSync(Buffer.from(packed.trim(), "base64")));
}

test("after a reconnect storm nobody has missed anything", async () => {
  const some = ["--people", "3", "--sockets", "3", "--rounds", "1", "--away", "1", "--think", "0.1"];
  const { exitCode, said, count } = await load(server.url, "reconnect-storm", ...some, ...patient);
  expect({ exitCode, said }).toEqual({ exitCode: 0, said: expect.stringContaining("PASSED") });
  expect(count("chat_resumed")).toBe(9);
  expect(count("chat_caught_up")).toBeGreaterThan(9);
  expect(count("chat_checked")).toBe(11);
}, 60_000);

test("what is lost, doubled or reordered on the way crosses its threshold", async () => {
  using broken = startBreakingProxy(server.url, { down: breakEverything });
  const some = ["--people", "4", "--seconds", "3", "--think", "0.2", "--settle", "2"];
  const { exitCode, said, count } = await load(broken.url, "chat", ...some, ...patient);
  expect({ exitCode, said }).toEqual({ exitCode: 1, said: expect.stringContaining("FAILED: 3 of") });
  for (const fault of ["lost", "doubled", "reordered"]) {
    expect(said).toContain(`✗ ${fault} count==0   was `);
    expect(count(`chat_${fault}`)).toBeGreaterThan(0);
  }
}, 60_000);

/** Of ten events one does not arrive, one comes twice, and one after the next. */
function breakEverything() {
  let seen = 0;
  let late: Reply | undefined;
  return (reply: Reply): readonly Reply[] => {
    if (!reply.push?.pub) return [reply];
    seen += 1;
    const before = late;
    late = seen % 10 === 8 ? reply : undefined;
    if (before !== undefined) return [reply, before];
    if (late !== undefined || seen % 10 === 3) return [];
    return seen % 10 === 5 ? [reply, reply] : [reply];
  };
}

test("an acked message that the room does not have is lost", async () => {
  using broken = startBreakingProxy(server.url, swallowing());
  const some = ["--people", "2", "--seconds", "2", "--think", "0.2", "--settle", "1"];
  const { exitCode, said } = await load(broken.url, "chat", ...some, ...patient);
  expect({ exitCode, said }).toEqual({ exitCode: 1, said: expect.stringContaining("✗ lost count==0   was ") });
}, 60_000);

/** Every fifth message is acked and goes nowhere. */
function swallowing() {
  let said = 0;
  return {
    up: (command: Reply): Reply => (command.publish && ++said % 5 === 0 ? { id: command.id, ping: {} } : command),
    down: () => (reply: Reply) => [reply.ping ? { id: reply.id, publish: {} } : reply],
  };
}

test("the bot's answers are timed to their end", async () => {
  const world = await openBotWorld();
  try {
    await world.addBot(openParrot());
    const { exitCode, said, count } = await load(world.gateway.url, "bot", "--people", "1", "--questions", "2");
    expect({ exitCode, said }).toEqual({
      exitCode: 0,
      said: expect.stringMatching(/bot first +\d+ .* 2\n +bot whole/),
    });
    expect(count("chat_answered")).toBe(2);
  } finally {
    await world.close();
  }
}, 60_000);

test("what can't be done is said in a sentence", async () => {
  const sentence = async (url: string, scenario: string) => {
    const { exitCode, problems } = await load(url, scenario);
    expect(exitCode).toBe(2);
    return problems;
  };
  expect(await sentence("http://localhost:1", "chat")).toContain("Nothing answers at http://localhost:1.");
  await using strict = await startGateway({ env: { LIMITS: "on" } });
  expect(await sentence(strict.url, "writer-pressure")).toContain("start the server with LIMITS=off");
}, 60_000);

test("every scenario of the catalogue is one for k6, and no limit on time goes without a count", async () => {
  const k6 = await ensureK6();
  for (const scenario of Object.keys(catalogue)) {
    const { stdout, success } = Bun.spawnSync([k6, "inspect", `load/k6/${scenario}.ts`], {
      cwd: root,
      stderr: "inherit",
    });
    expect({ scenario, success }).toEqual({ scenario, success: true });
    const { thresholds } = JSON.parse(stdout.toString());
    const named = Object.keys(thresholds);
    const limited = named.filter((name) => JSON.stringify(thresholds[name]).includes("p(95)"));
    // A time that was never measured is below any limit.
    const counted = limited.map((name) => name.replace(/^\w+/, "chat_received"));
    const needed = ["chat_lost", "chat_doubled", "chat_reordered", "chat_checked", ...counted];
    expect(needed.filter((name) => !named.includes(name))).toEqual([]);
    expect(limited).not.toBeEmpty();
  }
}, 60_000);
