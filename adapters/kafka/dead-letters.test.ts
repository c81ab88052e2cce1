/** What a dead letter keeps of a record. */
import { expect, test } from "bun:test";
import { createDeadLetters, maxLevelCharacters } from "./dead-letters.ts";
import { levelHeader, type OutgoingRecord } from "./record.ts";

async function letterOf(headers: Readonly<Record<string, Buffer | string>> | undefined): Promise<OutgoingRecord> {
  const sent: OutgoingRecord[] = [];
  const commit = { append: async (record: OutgoingRecord) => void sent.push(record) };
  await createDeadLetters(commit as unknown as Parameters<typeof createDeadLetters>[0]).put({
    ...{ key: "room", value: Buffer.from("{}"), reason: "why", headers },
  });
  const [letter] = sent;
  if (letter === undefined) throw new Error("nothing was sent");
  return letter;
}

test("the level stays with a record that is put aside, so that an older version refuses it when it is sent again", async () => {
  const { headers } = await letterOf({ [levelHeader]: Buffer.from("7"), other: "else" });
  expect(headers).toEqual({ [levelHeader]: "7", "superchat-reason": "why" });
});

test("one that has none gets none, and what a stranger wrote there is bounded", async () => {
  expect((await letterOf(undefined)).headers).toEqual({ "superchat-reason": "why" });
  const long = await letterOf({ [levelHeader]: "9".repeat(5_000) });
  expect(long.headers[levelHeader]).toHaveLength(maxLevelCharacters);
});
