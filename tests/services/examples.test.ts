/** What is in examples/ does what it says, run as its first lines say. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { ensureK6 } from "../../scripts/services/k6.ts";
import { ensurePythonClient } from "../../scripts/services/python.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startBreakingProxy } from "../support/breaking-proxy.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { until } from "../support/wait.ts";

const root = join(import.meta.dir, "../..");
let gateway: TestGateway;
let ana: ApiPerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
});
afterAll(() => gateway.close());

const start = (command: readonly string[], env: Record<string, string>) =>
  Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });

/** What a person would do on the page API tokens: a bot of their own, and a token for it. */
async function botToken(name: string, scopes = ["rooms:write", "messages:read", "messages:write"]): Promise<string> {
  const { body: made } = await ana.call("POST", "/bots", { name });
  const { body } = await ana.call("POST", "/tokens", { name, scopes, bot: made.bot.id });
  return body.secret;
}

/** It may come in pieces. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    said += decoder.decode(chunk, { stream: true });
    const end = said.indexOf("\n");
    if (end !== -1) return said.slice(0, end);
  }
  return said;
}

async function answerOf(command: readonly string[], question: string) {
  const [name, room] = [freshName("bot"), await ana.createRoom(freshName("example"))];
  const bot = start(command, { SUPERCHAT: gateway.url, TOKEN: await botToken(name), ROOM: room.slug });
  try {
    const said = await firstLine(bot.stdout);
    if (said !== `Listening in ${room.slug}.`) {
      bot.kill();
      throw new Error(`${said}${await new Response(bot.stderr).text()}`);
    }
    await ana.post(room.id, question);
    return await until(
      async () => {
        const { body } = await ana.get(`/rooms/${room.id}/messages`);
        const answer = body.items.find(({ author }: { author: { name: string } }) => author.name === name);
        return answer && { text: answer.text as string, mentions: answer.mentions, answered: answer.replyTo?.text };
      },
      { what: "an answer" },
    );
  } finally {
    bot.kill();
    await bot.exited;
  }
}

test("the bot in TypeScript rolls dice", async () => {
  const answer = await answerOf([process.execPath, "examples/bot.ts"], "!roll 2d6");
  expect(answer).toMatchObject({ mentions: [ana.id], answered: "!roll 2d6" });
  expect(answer.text).toMatch(/^\*\*\d+\*\* \([1-6] \+ [1-6]\)$/);
}, 30_000);

test("the bot in Python echoes", async () => {
  const answer = await answerOf([await ensurePythonClient(), "examples/bot.py"], "!echo is anybody there?");
  expect(answer).toMatchObject({ text: `@${ana.name} is anybody there?`, mentions: [ana.id] });
}, 30_000);

test("the shell script says something, whatever characters it has", async () => {
  const room = await ana.createRoom(freshName("say"));
  const env = { SUPERCHAT: gateway.url, TOKEN: await botToken(freshName("cron")) };
  for (const text of ["Backups are done.", 'a "quote", a \\ and\na second line: 100% café']) {
    const script = start(["sh", "examples/say.sh", room.slug, text], env);
    const [said, problems] = await Promise.all([
      new Response(script.stdout).text(),
      new Response(script.stderr).text(),
    ]);
    expect({ exitCode: await script.exited, problems }).toEqual({ exitCode: 0, problems: "" });
    expect(JSON.parse(said).items.at(-1).text).toBe(text);
  }
}, 30_000);

test.each([
  ["the bot in TypeScript", async () => [process.execPath, "examples/bot.ts"]],
  ["the bot in Python", async () => [await ensurePythonClient(), "examples/bot.py"]],
  ["the shell script", async () => ["sh", "examples/say.sh", "lobby", "hello"]],
] as const)(
  "%s says which scope its token lacks, and nothing else that would hide it",
  async (_what, command) => {
    const TOKEN = await botToken(freshName("bot"), ["rooms:read", "messages:read"]);
    const run = start(await command(), { SUPERCHAT: gateway.url, TOKEN, ROOM: "lobby" });
    const problems = await new Response(run.stderr).text();
    expect(await run.exited).not.toBe(0);
    expect(problems).toContain("rooms:write");
    expect(problems.trim().split("\n").length).toBeLessThan(3);
  },
  30_000,
);

const load = async (url: string) =>
  start([await ensureK6(), "run", "--quiet", "--no-usage-report", "examples/load.k6.ts"], {
    ...{ SUPERCHAT: url, PEOPLE: "5", SECONDS: "4" },
  });

test("the k6 script passes where nothing is lost, and fails where something is", async () => {
  const fine = await load(gateway.url);
  const report = await new Response(fine.stdout).text();
  expect({ exitCode: await fine.exited, report }).toEqual({
    exitCode: 0,
    report: expect.stringContaining("chat_delivery"),
  });
  let seen = 0;
  const lose = () => (reply: { push?: { pub?: unknown } }) => (reply.push?.pub && ++seen % 10 === 0 ? [] : [reply]);
  using broken = startBreakingProxy(gateway.url, { down: lose });
  const failed = await load(broken.url);
  const problems = await new Response(failed.stderr).text();
  expect(problems).toContain("chat_missed");
  // What k6 ends with when a threshold is crossed.
  expect(await failed.exited).toBe(99);
}, 60_000);
