/** `npm run demo`: a community moves in by the public API alone, once, however often it is started. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { until } from "../support/wait.ts";

const root = join(import.meta.dir, "../..");

const start = (...words: string[]) =>
  Bun.spawn([process.execPath, "--no-orphans", "scripts/demo.ts", ...words], {
    ...{ cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });

async function demo(...words: string[]) {
  const child = start(...words);
  const [said, problems] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { said, problems, exitCode: await child.exited };
}

/** All messages of all public rooms, in the order of their rooms. */
async function everything(reader: ApiPerson) {
  const { body: rooms } = await reader.get("/rooms?limit=200");
  const messages: { text: string; author: { name: string }; mentions: string[]; room: string; replyTo?: object }[] = [];
  for (const { id } of rooms.items) {
    await reader.call("PUT", `/rooms/${id}/members/me`);
    const { body } = await reader.get(`/rooms/${id}/events?limit=1000`);
    messages.push(...body.items.filter(({ type }: { type: string }) => type === "message.posted"));
  }
  return { rooms: rooms.items as { name: string; topic: string; memberCount: number }[], messages };
}

test("fills a server, and says nothing twice when it is started again", async () => {
  await using gateway = await startGateway();
  const first = await demo(gateway.url, "--messages", "200");
  expect(first).toMatchObject({ problems: "", exitCode: 0 });
  expect(first.said).toContain("24 people move into 9 rooms");
  expect(first.said).toContain("\n200 messages sent.\n");
  const reader = await signUpPerson(gateway.url, "a-reader");
  const before = await everything(reader);
  expect(before.messages).toHaveLength(200);
  expect(before.rooms.map(({ name }) => name)).toContain("climbing club");
  const climbing = before.rooms.find(({ name }) => name === "climbing club");
  expect(climbing?.topic).toBe("Routes, partners, knots and sore fingers.");
  expect(before.messages.filter(({ mentions }) => mentions.length > 0).length).toBeGreaterThan(10);
  expect(before.messages.filter(({ replyTo }) => replyTo !== undefined).length).toBeGreaterThan(3);

  const again = await demo(gateway.url, "--messages", "250");
  expect(again.said).toContain("\n50 messages sent, 200 were there already.\n");
  const after = await everything(reader);
  expect(after.messages).toHaveLength(250);
  expect(after.rooms).toHaveLength(before.rooms.length);
}, 60_000);

test("goes on where it was killed", async () => {
  await using gateway = await startGateway();
  const reader = await signUpPerson(gateway.url, "a-reader");
  const killed = start(gateway.url, "--messages", "2000");
  await until(async () => (await reader.get("/rooms/lobby/messages")).body.items.length >= 20, { what: "some talk" });
  killed.kill("SIGKILL");
  await killed.exited;
  const spoken = (await everything(reader)).messages.length;
  expect(spoken).toBeWithin(20, 2_000);
  const { said } = await demo(gateway.url, "--messages", "2000");
  expect(said).toContain(`\n${2_000 - spoken} messages sent, ${spoken} were there already.\n`);
}, 60_000);

test("waits where the server asks to, and leaves people alone whose names it wanted", async () => {
  await using gateway = await startGateway({ env: { LIMITS: "on" } });
  const maya = await signUpPerson(gateway.url, "maya");
  // Four people may say 240 at once.
  const { said, exitCode } = await demo(gateway.url, "--people", "4", "--rooms", "1", "--messages", "246");
  expect(exitCode).toBe(0);
  expect(said).toContain("\n246 messages sent.\n");
  const { messages } = await everything(maya);
  const authors = new Set(messages.map(({ author }) => author.name));
  expect([...authors].toSorted()).toEqual(["Jonas.K", "Priya", "maya-2", "oduya"]);
  expect(messages.filter(({ text }) => /@maya\b(?!-2)/.test(text))).toEqual([]);
  expect(messages.some(({ text }) => text.includes("@maya-2"))).toBe(true);
  // Nobody named the one who was there before.
  expect(messages.some(({ mentions }) => mentions.includes(maya.id))).toBe(false);
}, 60_000);

test("goes on by itself at a rate, with people who are seen to be there", async () => {
  await using gateway = await startGateway();
  const reader = await signUpPerson(gateway.url, "a-reader");
  const going = start(gateway.url, "--people", "6", "--rooms", "2", "--rate", "3000");
  await until(async () => (await reader.get("/rooms/lobby/messages")).body.items.length >= 10, { what: "some talk" });
  const { body } = await reader.get("/rooms/lobby/members");
  const online = body.items.filter((member: { online: boolean }) => member.online);
  expect(online.length).toBe(6);
  going.kill();
  await going.exited;
}, 60_000);

test("says in a sentence what is wrong", async () => {
  const { problems, exitCode } = await demo("nowhere");
  expect({ problems, exitCode }).toEqual({
    exitCode: 2,
    problems:
      "Give the address of one server, like http://localhost:8080.\nnpm run demo -- --help says what there is.\n",
  });
});
