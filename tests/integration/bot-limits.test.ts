/** What one question may make the model's bot do, at the edge: how often a person asks, how long an answer may get with all its thoughts. */
import { expect, test } from "bun:test";
import { createScriptedModel } from "#adapters/memory/language-model.ts";
import { maxTextBytes } from "#domain/message.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { cutShort, maxAnswerBytes, maxRawCharacters, onlyThought } from "#llm-bot/write.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { answered, openBotRoom, openBotWorld, openParrot } from "../support/bots.ts";

/** Asks twice. */
async function answersOf(scripts: readonly (readonly string[])[]) {
  const { world, ana, room } = await openBotRoom();
  try {
    const left = [...scripts];
    await world.addBot(createScriptedModel({ script: () => left.shift() ?? [] }));
    await ana.post(room.id, "@superchat go on");
    const first = await answered(ana, room);
    await ana.post(room.id, "@superchat more");
    return [first, await answered(ana, room, undefined, { nth: 1 })].map(({ text, answer }) => [text, answer.state]);
  } finally {
    await world.close();
  }
}

test("an answer has so many characters with its thoughts, and ends with one more", async () => {
  const thinking = (characters: number) => {
    const [before, after] = ["<think>", "</think>Done."];
    const thought = before + "x".repeat(characters - before.length - after.length);
    return [...(thought.match(/.{1,4096}/g) ?? []), after];
  };
  expect(await answersOf([thinking(maxRawCharacters), thinking(maxRawCharacters + 1)])).toEqual([
    ["Done.", "complete"],
    [onlyThought, "failed"],
  ]);
});

test("an answer has so many bytes, and is cut off with one character more; it fits into a message with what is said of that", async () => {
  const text = (bytes: number) => "é".repeat(bytes / 2);
  const pieces = (bytes: number) => text(bytes).match(/.{1,512}/g) ?? [];
  const [whole, cut] = await answersOf([pieces(maxAnswerBytes), pieces(maxAnswerBytes + 2)]);
  expect(whole).toEqual([text(maxAnswerBytes), "complete"]);
  expect(cut?.[0]).toEndWith(`é\n\n${cutShort}`);
  expect(Buffer.byteLength(cut?.[0])).toBeLessThanOrEqual(maxTextBytes);
});

test("who asks too often is refused kindly, and others are answered meanwhile", async () => {
  const world = await openBotWorld({ env: { LIMITS: "on" } });
  try {
    const [asker, other] = [await signUpPerson(world.gateway.url), await signUpPerson(world.gateway.url)];
    const own = await asker.createRoom(freshName("bots"));
    await other.call("PUT", `/rooms/${own.id}/members/me`);
    await world.addBot(openParrot());
    const limit = rateLimits.questionsPerPerson;
    for (let n = 1; n < limit.burst; n++) await world.gateway.ports.limiter.take(limit, asker.id);
    await asker.post(own.id, "@superchat the last one");
    expect((await answered(asker, own)).answer.state).toBe("complete");
    await asker.post(own.id, "@superchat one more");
    const refused = await answered(asker, own, undefined, { nth: 1 });
    expect(refused.answer.state).toBe("failed");
    expect(refused.text).toMatch(/^You're going too fast\. Try again in .*\.$/);
    await other.post(own.id, "@superchat and mine?");
    expect((await answered(asker, own, undefined, { nth: 2 })).answer.state).toBe("complete");
  } finally {
    await world.close();
  }
});
