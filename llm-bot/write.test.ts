/** What an answer costs while it is written. */
import { expect, test } from "bun:test";
import { createScriptedModel } from "#adapters/memory/language-model.ts";
import type { EventOf } from "#domain/events.ts";
import { messageOf } from "#domain/message.ts";
import type { Room } from "#domain/room.ts";
import { standstillMs } from "#domain/standstill.ts";
import type { User } from "#domain/user.ts";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import type { Sheet } from "./sheet.ts";
import { type WritePorts, write } from "./write.ts";

const id = sampleRoom();
const question = messageOf({ ...samplePost(id, "@superchat?"), offset: 1 } as EventOf<"message.posted">);

async function written(pieces: readonly string[], read = async () => [question]) {
  const shown: string[] = [];
  const sheet = { note: () => {}, show: (text: string) => shown.push(text), text: () => shown.at(-1) ?? "" };
  const ports = {
    events: { find: async () => undefined, chain: async () => [], messages: read },
    stream: { head: async () => ({ epoch: "e", offset: 1 }), tail: async () => undefined, deletions: async () => [] },
    metrics: { observe: () => {}, count: () => {} },
  };
  const model = createScriptedModel({ script: () => pieces, toy: false, contextTokens: 16_384 });
  const outcome = await write(
    ports as unknown as WritePorts,
    model,
    {
      persona: { user: { id: "b", name: "superchat" } as unknown as User, system: "" },
      room: { id, offset: 1 } as Room,
      question,
      ids: { posted: "p", ended: "e" } as never,
      sheet: sheet as unknown as Sheet,
      ending: new AbortController(),
    },
    { answerTokens: 4_096, promptTokens: 256, answerMs: 30_000 },
  );
  return { outcome, shown, asked: model.asked };
}

test("an answer is looked through for thoughts as often as the room is told, not with each of its pieces", async () => {
  const { outcome, shown } = await written(Array.from({ length: 1_000 }, (_, n) => `${n} `));
  expect(outcome?.text).toStartWith("0 1 2 ");
  expect(outcome?.text).toEndWith(" 999");
  expect(shown.length).toBeLessThan(100);
});

test("what was deleted while the bot stood still is not asked about", async () => {
  let reads = 0;
  const { asked } = await written(["yes"], async () => {
    reads += 1;
    if (reads === 1) Bun.sleepSync(standstillMs + 100);
    const before = messageOf({ ...samplePost(id, "xyzzy"), offset: 1 } as EventOf<"message.posted">);
    return [reads === 1 ? before : { ...before, text: "", deleted: true }, { ...question, offset: 2 }];
  });
  expect(reads).toBe(2);
  expect(JSON.stringify(asked)).toContain("superchat?");
  expect(JSON.stringify(asked)).not.toContain("xyzzy");
});
