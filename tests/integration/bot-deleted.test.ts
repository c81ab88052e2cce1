/** What a bot does with a question that is deleted, and with what was deleted before it is asked. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { questionDeleted } from "#llm-bot/write.ts";
import type { ApiPerson } from "../support/api-person.ts";
import { answered, answersIn, type BotWorld, openBotRoom, openParrot, openTap } from "../support/bots.ts";
import { until } from "../support/wait.ts";

const secret = "xyzzy";
let world: BotWorld;
let ana: ApiPerson;
let room: { id: string; slug: string };
beforeEach(async () => {
  ({ world, ana, room } = await openBotRoom());
});
afterEach(() => world.close());

const remove = async (id: string) =>
  expect((await ana.call("DELETE", `/rooms/${room.id}/messages/${id}`)).status).toBe(204);
const all = async () =>
  JSON.stringify([await ana.get(`/rooms/${room.id}/events?limit=500`), await ana.get(`/rooms/${room.id}/messages`)]);

test("its answer ends at once and says so, without what was written so far; the model is free", async () => {
  const tap = openTap();
  await world.addBot(tap.model);
  const question = await ana.post(room.id, `@superchat what is ${secret}?`);
  tap.say(`${secret} is`);
  await answered(ana, room, ({ text }) => text.includes(secret));
  await remove(question);
  expect(await answered(ana, room)).toMatchObject({ text: questionDeleted, answer: { state: "stopped" } });
  expect(await all()).not.toContain(secret);
  await ana.post(room.id, "@superchat and now?");
  tap.say("what the first was waiting for");
  tap.say("Now.");
  tap.done();
  expect((await answered(ana, room, undefined, { nth: 1 })).text).toBe("Now.");
  expect(world.reports).toEqual([]);
});

test("one that waits for its turn is not asked any more", async () => {
  const tap = openTap();
  await world.addBot(tap.model);
  await ana.post(room.id, "@superchat first");
  tap.say("One");
  await answered(ana, room, ({ text }) => text === "One");
  const waiting = await ana.post(room.id, `@superchat ${secret}`);
  await until(async () => (await answersIn(ana, room)).length === 2, { what: "the second answer" });
  await remove(waiting);
  expect(await answered(ana, room, undefined, { nth: 1 })).toMatchObject({ text: questionDeleted });
  tap.done();
  expect((await answered(ana, room)).text).toBe("One");
  expect(await all()).not.toContain(secret);
});

test("what was deleted is not among what the model reads, nor what quotes it", async () => {
  const parrot = openParrot();
  await world.addBot(parrot);
  const gone = await ana.post(room.id, `it is ${secret}`);
  await ana.call("POST", `/rooms/${room.id}/messages`, { text: "I see", replyTo: gone });
  await remove(gone);
  await ana.post(room.id, "@superchat what was that?");
  await answered(ana, room);
  expect(JSON.stringify(parrot.asked)).toContain("I see");
  expect(JSON.stringify(parrot.asked)).not.toContain(secret);
});
