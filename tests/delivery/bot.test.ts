/** A bot that is killed in the middle of an answer, with a real model: the question has one answer, gone on with or closed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { nothingToSay } from "#llm-bot/write.ts";
import { ensureSmallModel, smallModel, smallModelFolder } from "../../scripts/services/small-model.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { answered, answersIn } from "../support/bots.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const startMs = 600_000;
const testMs = 240_000;
const answerMs = 120_000;
const env = { LLM_MODEL: smallModel, LLM_FOLDER: smallModelFolder };
const tellALot = "@superchat Tell me a very long story about the sea.";

let cluster: TestCluster;
beforeAll(async () => {
  await ensureSmallModel();
  cluster = await startCluster({ gateways: 2, writers: 1, bots: 2, env });
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

async function askIn(url: string, rooms: number) {
  const ana = await signUpPerson(url);
  const asked = await Promise.all(Array.from({ length: rooms }, () => ana.createRoom(freshName("asked"))));
  for (const room of asked) await ana.post(room.id, tellALot);
  return { ana, asked };
}

const growing = (who: ApiPerson, room: { id: string }) =>
  answered(who, room, ({ growing, text }) => growing === true && text.length > 10, {
    deadlineMs: answerMs,
    what: "an answer that grows",
  });

/** @returns how it ended */
async function checkOneAnswer(who: ApiPerson, room: { id: string }): Promise<string> {
  const { answer, text } = await answered(who, room, undefined, {
    deadlineMs: answerMs,
    what: "an answer that has ended",
  });
  expect(await answersIn(who, room)).toHaveLength(1);
  const { body } = await who.get(`/rooms/${room.id}/events?limit=1000`);
  const events: { type: string; answer?: unknown }[] = body.items;
  const types = events.filter((event) => event.answer !== undefined).map(({ type }) => type);
  expect(types).toEqual(["message.posted", "message.edited"]);
  // So small a model sometimes ends before it has begun.
  return text === nothingToSay ? "complete" : answer.state;
}

test(
  "each of two bots is killed with -9 while they answer, and every question has one answer",
  async () => {
    const { ana, asked } = await askIn(cluster.url, 4);
    await until(
      async () => (await Promise.all(asked.map((room) => answersIn(ana, room)))).flat().some(({ text }) => text !== ""),
      {
        deadlineMs: answerMs,
        what: "some answer to grow",
      },
    );
    for (const { name } of await cluster.processes("bot")) {
      await cluster.kill(name);
      await cluster.start(name);
    }
    for (const room of asked) expect(await checkOneAnswer(ana, room)).toBe("complete");
  },
  testMs,
);

test(
  "the model's server is killed in the middle: one honest sentence, and the next question is answered when it is back",
  async () => {
    const { ana, asked } = await askIn(cluster.url, 1);
    const [room] = asked;
    if (room === undefined) throw new Error("there is one");
    await growing(ana, room);
    await cluster.kill("ollama");
    expect(await checkOneAnswer(ana, room)).toBe("failed");
    await ana.post(room.id, "chat goes on");
    await cluster.start("ollama");
    const again = await askIn(cluster.url, 1);
    for (const next of again.asked) expect(await checkOneAnswer(again.ana, next)).toBe("complete");
  },
  testMs,
);

test(
  "in one process: killed with -9 in the middle, it goes on when it is started again",
  async () => {
    await using server = await startStandalone({ env });
    const { ana, asked } = await askIn(server.url, 1);
    const [room] = asked;
    if (room === undefined) throw new Error("there is one");
    await growing(ana, room);
    await server.kill();
    await server.restart();
    expect(await checkOneAnswer(ana, room)).toBe("complete");
  },
  testMs,
);
