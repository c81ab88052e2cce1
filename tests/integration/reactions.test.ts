/** Reactions, edits and deletions as programs make them: over HTTP and on their socket; and what everybody is told of them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { maxEmojiPerMessage } from "#domain/reaction.ts";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { lookAt } from "../support/live-page.ts";
import { connectProgram } from "../support/program.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

async function roomOfTwo(base = gateway.url) {
  const { first, path, ...two } = await openRoomOfTwo(base);
  return { ...two, message: first, path: `${path}/${first}` };
}

const emojiPath = (path: string, emoji: string) => `${path}/reactions/${encodeURIComponent(emoji)}`;
const add = async (who: ApiPerson, path: string, emoji: string) =>
  (await who.call("PUT", emojiPath(path, emoji))).status;
const remove = async (who: ApiPerson, path: string, emoji: string) =>
  (await who.call("DELETE", emojiPath(path, emoji))).status;
const last = async (who: ApiPerson, room: { id: string }) =>
  (await who.get(`/rooms/${room.id}/messages`)).body.items.at(-1);
const events = async (who: ApiPerson, room: { id: string }) =>
  (await who.get(`/rooms/${room.id}/events`)).body.items.map(({ type }: { type: string }) => type);

test("reacting twice is one event, taking back what is not there is none, and everybody is shown who chose what", async () => {
  const { ana, ben, room, path } = await roomOfTwo();
  expect([await add(ana, path, "👍"), await add(ana, path, "👍"), await add(ben, path, "👍")]).toEqual([204, 204, 204]);
  expect([await add(ben, path, "❤"), await add(ben, path, "❤️"), await remove(ana, path, "🎉")]).toEqual([
    204, 204, 204,
  ]);
  expect((await last(ben, room)).reactions).toEqual([
    { emoji: "👍", users: [ana.id, ben.id] },
    { emoji: "❤️", users: [ben.id] },
  ]);
  await remove(ana, path, "👍");
  await remove(ben, path, "👍");
  expect((await last(ben, room)).reactions).toEqual([{ emoji: "❤️", users: [ben.id] }]);
  const told = await events(ana, room);
  expect(told.slice(told.indexOf("message.posted") + 1)).toEqual([
    "reaction.added",
    "reaction.added",
    "reaction.added",
    "reaction.removed",
    "reaction.removed",
  ]);
});

test("only members react, to messages of this room that are not deleted, with emoji", async () => {
  const { ana, ben, room, path } = await roomOfTwo();
  const other = await roomOfTwo();
  const stranger = await signUpPerson(gateway.url);
  expect(await add(stranger, path, "👍")).toBe(403);
  expect(await add(ana, `/rooms/${room.id}/messages/${other.message}`, "👍")).toBe(404);
  expect(await add(ana, `/rooms/${room.id}/messages/${Bun.randomUUIDv7()}`, "👍")).toBe(404);
  expect(await add(ana, `/rooms/${room.id}/messages/none`, "👍")).toBe(404);
  expect([await add(ana, path, "hello"), await add(ana, path, "👍👍")]).toEqual([404, 404]);
  await add(ben, path, "👍");
  expect((await ana.call("DELETE", path)).status).toBe(204);
  expect([await add(ben, path, "🎉"), await remove(ben, path, "👍")]).toEqual([409, 204]);
  expect(await last(ben, room)).toMatchObject({ deleted: true, text: "" });
  expect((await last(ben, room)).reactions).toBeUndefined();
});

test("a message takes so many different emoji, and says so", async () => {
  const { ana, ben, path } = await roomOfTwo();
  const faces = Array.from({ length: maxEmojiPerMessage }, (_, n) => String.fromCodePoint(0x1f600 + n));
  for (const face of faces) expect(await add(ana, path, face)).toBe(204);
  const refused = await ben.call("PUT", emojiPath(path, "👍"));
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("choose one of those")]);
  expect(await add(ben, path, faces[3] ?? "")).toBe(204);
});

test("reacting has a rate limit of its own", async () => {
  await using strict = await startGateway({
    clock: createFixedClock(),
    env: { LIMITS: "on" },
    between: (ports) => ({ ...ports, limiter: createMemoryRateLimiter(ports) }),
  });
  const { ana, room, path } = await roomOfTwo(strict.url);
  const statuses: number[] = [];
  for (let n = 0; n <= rateLimits.reactionsPerPerson.burst; n++) {
    statuses.push(await (n % 2 === 0 ? add : remove)(ana, path, "👍"));
  }
  expect(statuses.at(-1)).toBe(429);
  expect(statuses.slice(0, -1).every((status) => status === 204)).toBe(true);
  await ana.post(room.id, "writing goes on");
});

test("messages are edited and deleted over HTTP, by who wrote them", async () => {
  const { ana, ben, room, path } = await roomOfTwo();
  await add(ben, path, "👍");
  const edited = await ana.call("PATCH", path, { text: "hello, **all**" });
  expect([edited.status, edited.body.message.text]).toEqual([200, "hello, **all**"]);
  expect(await last(ben, room)).toMatchObject({
    text: "hello, **all**",
    reactions: [{ emoji: "👍", users: [ben.id] }],
  });
  expect((await ben.call("PATCH", path, { text: "mine now" })).status).toBe(403);
  expect((await ben.call("DELETE", path)).status).toBe(403);
  expect((await ana.call("PATCH", path, { text: " " })).status).toBe(422);
  expect([(await ana.call("DELETE", path)).status, (await ana.call("DELETE", path)).status]).toEqual([204, 204]);
  expect((await ana.call("PATCH", path, { text: "back" })).status).toBe(409);
});

test("programs react by rpc, and their channel carries the events as they are", async () => {
  const { ana, ben, room, message } = await roomOfTwo();
  const program = await connectProgram(gateway.url, { token: ben.token });
  const channel = `room:${room.id}`;
  await program.call({ subscribe: { channel } });
  const rpc = (method: string, data: object) => program.call({ rpc: { method, data: { room: room.id, ...data } } });
  expect((await rpc("reaction.add", { id: message, emoji: "👩‍🚀" })).rpc).toEqual({ data: {} });
  expect((await rpc("reaction.remove", { id: message, emoji: "👩‍🚀" })).rpc).toEqual({ data: {} });
  await until(() => program.publications(channel).length === 2, { what: "both events" });
  expect(program.publications(channel).map(({ data }) => data)).toMatchObject([
    { type: "reaction.added", message, emoji: "👩‍🚀", author: { id: ben.id, name: ben.name } },
    { type: "reaction.removed", message, emoji: "👩‍🚀" },
  ]);
  expect((await rpc("reaction.add", { id: message, emoji: "x" })).error).toMatchObject({ code: expect.any(Number) });
  expect((await last(ana, room)).reactions).toBeUndefined();
  program.close();
});

test("pages are told of reactions in order, also when they come back; new messages come with theirs", async () => {
  const { ana, ben, room, message, path } = await roomOfTwo();
  const { offset } = (await ben.get(`/rooms/${room.id}`)).body.room;
  const page = await lookAt(gateway.url, ben, room);
  await add(ana, path, "👍");
  await remove(ana, path, "👍");
  const change = { id: message, user: ana.id, emoji: "👍" };
  const heard = () => page.frames.flatMap(({ changes }) => changes ?? []);
  await until(() => heard().length === 2, { what: "both changes" });
  expect(heard()).toEqual([
    { ...change, added: true },
    { ...change, added: false },
  ]);
  const missed = await ana.post(room.id, "missed");
  await add(ana, `/rooms/${room.id}/messages/${missed}`, "🎉");
  await until(() => heard().length === 3, { what: "the third change" });
  const again = await lookAt(gateway.url, ben, room, offset);
  const { content, changes } = await again.frame(({ run }) => run !== undefined);
  expect(changes.map(({ added }: { added: boolean }) => added)).toEqual([true, false, true]);
  expect(content).toContain(`action="/rooms/${room.id}/messages/${missed}/reactions"`);
  expect(content).toContain(`data-users="${ana.id}"`);
});

test("a message takes so many emoji, however many come at once, and who came too late is told", async () => {
  const { ana, room, first } = await openRoomOfTwo(gateway.url);
  const others = await Promise.all(Array.from({ length: 50 }, () => signUpPerson(gateway.url)));
  await Promise.all(others.map((each) => each.call("PUT", `/rooms/${room.id}/members/me`)));
  const answers = await Promise.all(
    others.map((each, n) => {
      const emoji = encodeURIComponent(String.fromCodePoint(0x1f600 + n));
      return each.call("PUT", `/rooms/${room.id}/messages/${first}/reactions/${emoji}`);
    }),
  );
  const { items } = (await ana.get(`/rooms/${room.id}/messages`)).body;
  expect(items[0].reactions).toHaveLength(maxEmojiPerMessage);
  expect(answers.filter(({ status }) => status < 300)).toHaveLength(maxEmojiPerMessage);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(50 - maxEmojiPerMessage);
});
