/** @superchat in a room: one answer to a question, growing for everybody, stopped, refused and closed in time. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createScriptedModel } from "#adapters/memory/language-model.ts";
import { unavailable } from "#domain/errors.ts";
import { readBotSettings } from "#llm-bot/config.ts";
import { runBots } from "#llm-bot/run.ts";
import { cutShort, noAnswerWithin, onlyThought, tookTooLong } from "#llm-bot/write.ts";
import { renderText } from "#views/markdown.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { answered, answersIn, type BotWorld, openBotRoom, openParrot, openTap } from "../support/bots.ts";
import { lookAt } from "../support/live-page.ts";
import { until } from "../support/wait.ts";

let world: BotWorld;
let ana: ApiPerson;
let room: { id: string; slug: string };
beforeEach(async () => {
  ({ world, ana, room } = await openBotRoom());
});
afterEach(() => world.close());

const stop = (who: ApiPerson, answer: string) =>
  fetch(`${world.gateway.url}/rooms/${room.id}/answers/${answer}/stop`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: `superchat_access=${who.token}`, origin: world.gateway.url },
  });

describe("a question", () => {
  test("is answered in its room, by a bot that comes when it is called", async () => {
    const parrot = openParrot("Forty-two, **of course**.");
    await world.addBot(parrot);
    const question = await ana.post(room.id, "@superchat what is the answer?");
    const answer = await answered(ana, room);
    expect(answer).toMatchObject({
      author: { name: "superchat" },
      text: "Forty-two, **of course**.",
      answer: { question, asker: ana.id, state: "complete", model: "scripted, a toy: don't rely on it" },
    });
    expect(answer.growing).toBeUndefined();
    expect(parrot.asked[0]?.messages.at(-1)).toEqual({
      role: "user",
      text: `${ana.name}: @superchat what is the answer?`,
    });
    const { body } = await ana.get(`/rooms/${room.id}/events`);
    expect(body.items.map(({ type }: { type: string }) => type).slice(-4)).toEqual([
      "message.posted",
      "member.joined",
      "message.posted",
      "message.edited",
    ]);
  });

  test("grows for everybody: for who looks, who comes in the middle, and who has no scripts", async () => {
    const tap = openTap();
    await world.addBot(tap.model);
    const page = await lookAt(world.gateway.url, ana, room);
    await ana.post(room.id, "@superchat tell me");
    tap.say("Once **upon** ");
    const grown = ({ grown }: { grown?: { at: number; piece: string } }) => grown?.piece === "Once **upon** ";
    expect((await page.frame(grown)).grown).toMatchObject({ room: room.id, at: 0, note: "" });
    tap.say("a time");
    expect((await page.frame(({ grown }) => grown?.piece === "a time")).grown.at).toBe(14);
    const late = await lookAt(world.gateway.url, ana, room);
    expect((await late.frame(({ grown }) => grown !== undefined)).grown).toMatchObject({
      at: 0,
      piece: "Once **upon** a time",
    });
    const so = await answered(ana, room, ({ growing }) => growing === true);
    expect(so.text).toBe("Once **upon** a time");
    const html = await (
      await fetch(`${world.gateway.url}/rooms/${room.slug}`, { headers: { cookie: `superchat_access=${ana.token}` } })
    ).text();
    expect(html).toContain("Once **upon** a time");
    tap.say(" <script>alert(1)</script>");
    tap.done();
    const last = await page.frame(({ changes }) => changes !== undefined);
    expect(last.changes[0].html).toContain("Once <strong>upon</strong> a time");
    expect(last.changes[0].html).not.toContain("<script");
    expect((await answered(ana, room)).text).toBe("Once **upon** a time <script>alert(1)</script>");
  });

  test("of a bot, to nobody, in code, or in a room the bot can't read, gets no answer", async () => {
    const parrot = openParrot();
    await world.addBot(parrot);
    const closed = await ana.createRoom(freshName("closed"), "private");
    await ana.post(closed.id, "@superchat can you hear me?");
    await ana.post(room.id, "superchat is a bot, `@superchat` calls it");
    await ana.post(room.id, "@superchat and now?");
    await answered(ana, room);
    expect(await answersIn(ana, closed)).toEqual([]);
    expect(await answersIn(ana, room)).toHaveLength(1);
    expect(parrot.asked).toHaveLength(1);
    expect(JSON.stringify(parrot.asked)).not.toContain("can you hear me");
  });

  test("needs no name where the two are alone, and what is said there stays there", async () => {
    const parrot = openParrot();
    await world.addBot(parrot);
    await ana.post(room.id, "@superchat hello");
    const bot = (await answered(ana, room)).author;
    const { body } = await ana.call("POST", "/rooms/direct", { userIds: [bot.id] });
    await ana.post(body.room.id, "between us: the code is 1234");
    await answered(ana, body.room);
    await ana.post(room.id, "@superchat what is the code?");
    await answered(ana, room, undefined, { nth: 1 });
    expect(JSON.stringify(parrot.asked.at(-1))).not.toContain("1234");
    expect(JSON.stringify(parrot.asked.at(-1))).toContain("hello");
  });

  test("for help is answered without the model", async () => {
    const parrot = openParrot();
    await world.addBot(parrot);
    await ana.post(room.id, "@superchat help");
    expect((await answered(ana, room)).text).toContain("Nothing you write leaves them.");
    expect(parrot.asked).toHaveLength(0);
  });
});

describe("a model that thinks", () => {
  const ask = async (options: Parameters<typeof createScriptedModel>[0]) => {
    const model = createScriptedModel(options);
    await world.addBot(model);
    await ana.post(room.id, "@superchat what is six times seven?");
    return { model, answer: await answered(ana, room) };
  };

  test("shows and keeps only its answer, and does not read its thoughts back", async () => {
    const page = await lookAt(world.gateway.url, ana, room);
    const { model, answer } = await ask({
      script: () => ["<thi", "nk>\nSix sevens, hmm", ", secretly 42</th", "ink>\n\nForty", "-two."],
    });
    expect(answer).toMatchObject({ text: "Forty-two.", answer: { state: "complete" } });
    await page.frame(({ changes }) => changes !== undefined);
    expect(JSON.stringify(page.frames)).not.toMatch(/think>|secretly/);
    await ana.post(room.id, "@superchat and times two?");
    await answered(ana, room, undefined, { nth: 1 });
    expect(JSON.stringify(model.asked.at(-1))).not.toContain("secretly");
  });

  test("and says nothing but thoughts until its limit is told apart from one with nothing to say", async () => {
    const { answer } = await ask({ script: () => Array.from({ length: 100 }, () => ""), thinks: true });
    expect(answer).toMatchObject({ text: onlyThought, answer: { state: "failed" } });
  });
});

test("an answer that reached its length limit says so, outside of the code it was cut in", async () => {
  await world.addBot(createScriptedModel({ script: () => ["Use this:\n```js\n", ..."let a = 1;\n".repeat(80)] }));
  await ana.post(room.id, "@superchat show me code");
  const answer = await answered(ana, room);
  expect(answer.answer.state).toBe("complete");
  expect(answer.text).toEndWith(`\n\`\`\`\n\n${cutShort}`);
  expect(renderText(answer.text, { mentions: false }).html).toEndWith(`<p>${cutShort}</p>`);
});

test("another bot with its own name and words is configuration", async () => {
  const parrot = openParrot();
  const settings = readBotSettings({ MORE_BOTS: '[{"name":"sage","prompt":"You are {name}, and wise."}]' });
  const bots = await runBots(world.gateway.ports, parrot, settings, () => undefined);
  await ana.post(room.id, "@sage are you wise?");
  expect((await answered(ana, room)).author.name).toBe("sage");
  expect(parrot.asked[0]?.messages[0]?.text).toBe("You are sage, and wise.");
  await ana.post(room.id, "@sage and @superchat: who are you?");
  await answered(ana, room, undefined, { nth: 2 });
  expect((await answersIn(ana, room)).map(({ author }) => author.name).sort()).toEqual(["sage", "sage", "superchat"]);
  await bots.close();
});

describe("an answer", () => {
  test("is stopped by who asked, at the model too, and by nobody else", async () => {
    const tap = openTap();
    await world.addBot(tap.model);
    const ben = await signUpPerson(world.gateway.url);
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    await ben.post(room.id, "@superchat go on forever");
    tap.say("and ever ");
    const { id } = await answered(ben, room, ({ text }) => text === "and ever ");
    const cleo = await signUpPerson(world.gateway.url);
    await cleo.call("PUT", `/rooms/${room.id}/members/me`);
    expect((await stop(cleo, id)).status).toBe(403);
    expect(tap.model.running()).toBe(1);
    expect((await stop(ben, id)).status).toBe(303);
    await until(() => tap.model.running() === 0, { what: "the model to be free", deadlineMs: 1_000 });
    expect(await answered(ben, room)).toMatchObject({ text: "and ever", answer: { state: "stopped" } });
    expect((await stop(ben, id)).status).toBe(303);
  });

  test("is stopped by who made the room, too", async () => {
    const tap = openTap();
    await world.addBot(tap.model);
    const ben = await signUpPerson(world.gateway.url);
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    await ben.post(room.id, "@superchat go on forever");
    const { id } = await answered(ben, room, ({ growing }) => growing === true);
    expect((await stop(ana, id)).status).toBe(303);
    expect((await answered(ben, room)).answer.state).toBe("stopped");
  });

  test("is cut off when its time is up, and says so; nobody stopped it", async () => {
    const tap = openTap();
    await world.addBot(tap.model, { limits: { answerMs: 300 } });
    await ana.post(room.id, "@superchat slowly");
    tap.say("word");
    const answer = await answered(ana, room);
    expect([answer.text, answer.answer.state]).toEqual([`word\n\n${tookTooLong}`, "complete"]);
  });

  test("fails when its time is up before it began", async () => {
    await world.addBot(openTap().model, { limits: { answerMs: 300 } });
    await ana.post(room.id, "@superchat slowly");
    const answer = await answered(ana, room);
    expect([answer.text, answer.answer.state]).toEqual([noAnswerWithin(300), "failed"]);
  });

  test("has all its time once the model is there, however long that was downloaded", async () => {
    const limits = { answerMs: 200 };
    const prepare = async () => await Bun.sleep(2 * limits.answerMs);
    await world.addBot(openParrot("Forty-two.", { prepare }), { limits });
    await ana.post(room.id, "@superchat what is the answer?");
    const answer = await answered(ana, room);
    expect([answer.text, answer.answer.state]).toEqual(["Forty-two.", "complete"]);
  });

  test.each([
    ["in words", "word ", (text: string) => text.startsWith("word") && text.endsWith(`\n\n${cutShort}`), "complete"],
    ["in thoughts", "<think>hm ", (text: string) => text === onlyThought, "failed"],
  ])("that grows longer than a message can be, %s, is cut off there", async (_name, piece, isRight, state) => {
    await world.addBot(openParrot("", { script: () => Array.from({ length: 80 }, () => piece.padEnd(1_000, ". ")) }));
    await ana.post(room.id, "@superchat all of it");
    const answer = await answered(ana, room);
    expect([isRight(answer.text), answer.answer.state]).toEqual([true, state]);
  });

  test("waits with its place shown, and too many are refused kindly", async () => {
    const tap = openTap();
    await world.addBot(tap.model);
    const ask = (n: number) => ana.post(room.id, `@superchat question ${n}`);
    for (let n = 0; n < 8; n++) await ask(n);
    await until(async () => (await answersIn(ana, room)).length === 8, { what: "eight answers" });
    const notes = async () => (await answersIn(ana, room)).map(({ note, answer }) => note || answer.state);
    const waiting = (count: number) =>
      `Waiting: ${count === 1 ? "one question comes" : `${count} questions come`} first.`;
    await until(async () => (await notes())[5] === waiting(5), { what: "places" });
    expect(await notes()).toEqual(["growing", ...[1, 2, 3, 4, 5].map(waiting), "failed", "failed"]);
    expect((await answersIn(ana, room))[6]?.text).toContain("Too many questions are waiting");
    tap.say("First.");
    tap.done();
    await until(async () => (await notes())[2] === waiting(1), { what: "everybody to move up" });
  });

  test("is one, whatever the log delivers again and however many bots there are", async () => {
    const [one, two] = [openParrot("One."), openParrot("Two.")];
    await world.addBot(one);
    await world.addBot(two);
    for (let n = 0; n < 4; n++) await ana.post(room.id, `@superchat question ${n}`);
    const ended = async () => (await answersIn(ana, room)).filter(({ answer }) => answer.state !== "growing");
    await until(async () => (await ended()).length === 4, { what: "four answers to end" });
    await world.addBot(openParrot("Three."));
    const { body } = await ana.get(`/rooms/${room.id}/events?limit=1000`);
    const of = (type: string) =>
      body.items.filter((event: { type: string; answer?: unknown }) => event.answer && event.type === type);
    expect([of("message.posted").length, of("message.edited").length]).toEqual([4, 4]);
  });
});

describe("when the model fails", () => {
  test.each([
    [
      "is away",
      {
        prepare: async () => {
          throw unavailable("The model's server can't be reached.");
        },
      },
      "The model's server can't be reached.",
    ],
    [
      "breaks in the middle",
      {
        async *script() {
          yield "Half an ";
          throw unavailable("The model stopped answering.");
        },
      },
      "Half an\n\nThe model stopped answering.",
    ],
    ["says nothing", { script: () => [] }, "The model had nothing to say."],
    [
      "throws what nobody expects",
      {
        script() {
          throw new TypeError("x of undefined");
        },
      },
      "Something went wrong on our side.",
    ],
  ])(
    "because it %s, the room gets one honest sentence, and asks again with one click",
    async (_name, options, sentence) => {
      await world.addBot(openParrot("", options as object));
      await ana.post(room.id, "@superchat are you there?");
      const { id, text, answer } = await answered(ana, room);
      expect([text, answer.state]).toEqual([sentence, "failed"]);
      const again = await fetch(`${world.gateway.url}/rooms/${room.id}/answers/${id}/ask-again`, {
        method: "POST",
        redirect: "manual",
        headers: { cookie: `superchat_access=${ana.token}`, origin: world.gateway.url },
      });
      expect(again.status).toBe(303);
      await answered(ana, room, undefined, { nth: 1 });
    },
  );

  test("while it is fetched the room sees how far that is", async () => {
    const fetched = Promise.withResolvers<void>();
    const model = openParrot("Here.", {
      async prepare(tell) {
        tell(0.42);
        await fetched.promise;
      },
    });
    await world.addBot(model);
    await ana.post(room.id, "@superchat hello?");
    await answered(ana, room, ({ note }) => note === "Downloading the language model (42%)…");
    fetched.resolve();
    expect((await answered(ana, room)).text).toBe("Here.");
  });
});

describe("a bot that vanishes", () => {
  test("leaves its answer to the next one, which begins it again; there is one answer", async () => {
    const tap = openTap();
    const first = await world.addBot(tap.model);
    await ana.post(room.id, "@superchat go on");
    tap.say("Half an answ");
    const { id } = await answered(ana, room, ({ text }) => text === "Half an answ");
    await first.close();
    await world.addBot(openParrot("A whole answer."));
    const answer = await answered(ana, room, undefined, { deadlineMs: 30_000 });
    expect(answer).toMatchObject({ id, text: "A whole answer.", answer: { state: "complete" } });
    expect(await answersIn(ana, room)).toHaveLength(1);
  }, 40_000);

  test("is asked meanwhile, and answers when it is back", async () => {
    const first = await world.addBot(openParrot("First."));
    await ana.post(room.id, "@superchat one");
    await answered(ana, room);
    await first.close();
    await ana.post(room.id, "@superchat two");
    await world.addBot(openParrot("Second."));
    expect((await answered(ana, room, undefined, { nth: 1 })).text).toBe("Second.");
    expect(await answersIn(ana, room)).toHaveLength(2);
  });
});
