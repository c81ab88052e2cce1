/** @superchat and replies: a reply to its answer asks it, and what a question answers is read, however old it is. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { recordEvent } from "#domain/record-event.ts";
import { maxChain } from "#llm-bot/context.ts";
import { type ApiPerson, freshName } from "../support/api-person.ts";
import { answered, answersIn, type BotWorld, openBotRoom, openParrot } from "../support/bots.ts";

/** More than the messages that are looked at, and than a room's newest events that need no store. */
const noiseMessages = 220;
const limits = { promptTokens: 4_096 };

let world: BotWorld;
let ana: ApiPerson;
let room: { id: string; slug: string };
beforeEach(async () => {
  ({ world, ana, room } = await openBotRoom());
});
afterEach(() => world.close());

async function reply(text: string, replyTo: string, more: object = {}): Promise<string> {
  const { status, body } = await ana.call("POST", `/rooms/${room.id}/messages`, { text, replyTo, ...more });
  if (status !== 201) throw new Error(`reply answered ${status}: ${JSON.stringify(body)}`);
  return body.id;
}

async function makeNoise(): Promise<void> {
  await Promise.all(Array.from({ length: noiseMessages }, (_, n) => ana.post(room.id, `noise ${n}`)));
}

/** What the model was given last, without the system's words. */
const read = ({ asked }: ReturnType<typeof openParrot>) =>
  (asked.at(-1)?.messages ?? []).slice(1).map(({ text }) => text);

/** The bot's ports with what is asked of chains. */
function watched() {
  const { ports } = world.gateway;
  const chains: EventId[] = [];
  const chain: typeof ports.events.chain = async (of, message, limit) => {
    chains.push(message);
    return await ports.events.chain(of, message, limit);
  };
  return { chains, ports: { ...ports, events: { ...ports.events, chain } } };
}

test("a reply to its answer asks it, and the talk is read back past all noise, in one read", async () => {
  const parrot = openParrot("Noted: seventy-one.");
  const { chains, ports } = watched();
  await world.addBot(parrot, { limits, ports });
  await ana.post(room.id, "@superchat my number is 71");
  const first = await answered(ana, room);
  expect(chains).toEqual([]);
  await makeNoise();
  await reply("what was my number?", first.id);
  // The first one is not among the newest any more.
  const second = await answered(ana, room);
  expect(chains).toEqual([first.id]);
  const texts = read(parrot);
  expect(texts.slice(0, 2)).toEqual([`${ana.name}: @superchat my number is 71`, "Noted: seventy-one."]);
  expect(texts[2]).toStartWith(`${ana.name}: noise`);
  expect(texts.at(-1)).toBe(`${ana.name} (answering superchat: "Noted: seventy-one."): what was my number?`);
  // What is here already is not read again.
  await reply("sure?", second.id);
  await answered(ana, room, undefined, { nth: 1 });
  expect(chains).toEqual([first.id, first.id]);
  expect(read(parrot).filter((text) => text.includes("number"))).toHaveLength(2);
});

test("its name alone as a reply asks about what that answers, and is no call for help", async () => {
  const parrot = openParrot();
  await world.addBot(parrot, { limits });
  const statement = await ana.post(room.id, "the moon is made of cheese");
  await reply("@superchat?", statement);
  expect((await answered(ana, room)).text).toBe("Forty-two.");
  expect(read(parrot).at(-1)).toBe(`${ana.name} (answering ${ana.name}: "the moon is made of cheese"): @superchat?`);
});

test("replies are followed back so far and no further", async () => {
  const parrot = openParrot();
  await world.addBot(parrot, { limits });
  let last = await ana.post(room.id, "link 0");
  for (let n = 1; n <= maxChain; n++) last = await reply(`link ${n}`, last);
  await makeNoise();
  await reply("@superchat and?", last);
  await answered(ana, room);
  const links = read(parrot).filter((text) => text.includes(": link "));
  expect(links.map((text) => text.slice(-1))).toEqual(Array.from({ length: maxChain }, (_, n) => `${n + 1}`));
});

test("what was deleted is not read, also when that was after the question", async () => {
  const asked = Promise.withResolvers<void>();
  const deleted = Promise.withResolvers<void>();
  const parrot = openParrot("Hm.", {
    async prepare() {
      asked.resolve();
      await deleted.promise;
    },
  });
  await world.addBot(parrot, { limits });
  const secret = await ana.post(room.id, "the code is 1234");
  const middle = await reply("remember it", secret);
  await makeNoise();
  await reply("@superchat what is it?", middle);
  await asked.promise;
  await ana.call("DELETE", `/rooms/${room.id}/messages/${secret}`);
  deleted.resolve();
  await answered(ana, room);
  expect(JSON.stringify(parrot.asked)).not.toContain("1234");
  expect(read(parrot)).toContain(`${ana.name}: remember it`);
  await ana.call("DELETE", `/rooms/${room.id}/messages/${middle}`);
  const held = await answersIn(ana, room);
  await reply("@superchat once more?", held[0]?.id);
  await answered(ana, room, undefined, { nth: 1 });
  expect(read(parrot).join()).not.toContain("remember it");
});

test("a log that says a message answers one of another room leads nowhere", async () => {
  const parrot = openParrot();
  await world.addBot(parrot, { limits });
  const elsewhere = await ana.createRoom(freshName("elsewhere"), "private");
  const secret = (await ana.post(elsewhere.id, "the code is 1234")) as EventId;
  await ana.post(room.id, "@superchat hello");
  const bot = (await answered(ana, room)).author.id as UserId;
  const author = { id: ana.id as UserId, name: ana.name };
  const replyTo = { id: secret, offset: 3, author, text: "the code is 1234" };
  const forged = { type: "message.posted", text: "what is the code?", mentions: [bot], replyTo } as const;
  await recordEvent(world.gateway.ports, room.id as RoomId, author, forged);
  await answered(ana, room, undefined, { nth: 1 });
  expect(read(parrot).at(-1)).toBe(`${ana.name}: what is the code?`);
  expect(JSON.stringify(parrot.asked)).not.toContain("1234");
});

test("asking again answers what the question answered", async () => {
  await world.addBot(openParrot("", { script: () => [] }), { limits });
  const statement = await ana.post(room.id, "the moon is made of cheese");
  await reply("@superchat is that so?", statement);
  const { id } = await answered(ana, room);
  const again = () =>
    fetch(`${world.gateway.url}/rooms/${room.id}/answers/${id}/ask-again`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: `superchat_access=${ana.token}`, origin: world.gateway.url },
    });
  const questions = async () =>
    (await ana.get(`/rooms/${room.id}/messages`)).body.items.filter(({ text }: { text: string }) =>
      text.includes("so?"),
    );
  expect((await again()).status).toBe(303);
  await answered(ana, room, undefined, { nth: 1 });
  expect((await questions()).at(-1).replyTo).toMatchObject({ id: statement });
  await ana.call("DELETE", `/rooms/${room.id}/messages/${statement}`);
  expect((await again()).status).toBe(303);
  await answered(ana, room, undefined, { nth: 2 });
  expect((await questions()).at(-1)).not.toHaveProperty("replyTo");
});
