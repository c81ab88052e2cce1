/** Group commit over a send that is told when to succeed: one at a time, in order, bounded, and nothing acked too early. */
import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import { until } from "#tests/support/wait.ts";
import { type CommitLimits, createGroupCommit, RecordsRefused, SentInPart } from "./group-commit.ts";
import type { OutgoingRecord } from "./record.ts";

const record = (text: string): OutgoingRecord => ({ key: "room", value: Buffer.from(text), headers: {} });
const textsOf = (records: readonly OutgoingRecord[]) => records.map(({ value }) => value.toString());
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `${from + index}`);

type Answer = (texts: string[], attempt: number, records: readonly OutgoingRecord[]) => void | Promise<void>;

function open(answer: Answer, limits: Partial<CommitLimits> = {}) {
  const sends: string[][] = [];
  let [underWay, most] = [0, 0];
  const commit = createGroupCommit({
    limits,
    report: () => undefined,
    async send(records) {
      underWay += 1;
      most = Math.max(most, underWay);
      sends.push(textsOf(records));
      try {
        await answer(textsOf(records), sends.length, records);
      } finally {
        underWay -= 1;
      }
    },
  });
  const append = (texts: string[]) => Promise.allSettled(texts.map((text) => commit.append(record(text))));
  return { commit, sends, append, mostAtOnce: () => most };
}

const codes = (settled: PromiseSettledResult<void>[]) =>
  settled.map((one) => (one.status === "fulfilled" ? "ok" : isChatError(one.reason) ? one.reason.code : "bug"));

test("what comes together goes together, and what comes meanwhile goes next, never beside it", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { append, sends, mostAtOnce } = open((_, attempt) => gates[attempt - 1]?.promise);
  const first = append(["a", "b"]);
  await until(() => sends.length === 1, { what: "the first send" });
  const rest = Promise.all([append(["c"]), append(["d", "e"])]);
  gates[0]?.resolve();
  await first;
  await until(() => sends.length === 2, { what: "the second send" });
  gates[1]?.resolve();
  await rest;
  expect(sends).toEqual([
    ["a", "b"],
    ["c", "d", "e"],
  ]);
  expect(mostAtOnce()).toBe(1);
});

test("an append made just as the queue ran empty is sent, too", async () => {
  const { commit, sends } = open(() => undefined);
  for (const text of numbered(200)) await commit.append(record(text));
  expect(sends.flat()).toEqual(numbered(200));
});

test("a failed batch is sent again unchanged, before what came meanwhile, and acked once it is there", async () => {
  const { append, commit, sends } = open((_, attempt) => {
    if (attempt === 1) void late();
    if (attempt <= 3) throw new Error("away");
  });
  const late = () => commit.append(record("later"));
  expect(codes(await append(["a", "b"]))).toEqual(["ok", "ok"]);
  await until(() => commit.held().records === 0, { what: "everything sent" });
  expect(sends).toEqual([["a", "b"], ["a", "b"], ["a", "b"], ["a", "b"], ["later"]]);
});

test("a batch ends at its number of records and at its bytes", async () => {
  const small = open(() => undefined, { maxBatchRecords: 10 });
  await small.append(numbered(25));
  expect(small.sends.map(({ length }) => length)).toEqual([10, 10, 5]);
  const heavy = open(() => undefined, { maxBatchBytes: 1_000 });
  const texts = ["x".repeat(500), "y".repeat(500), "z".repeat(800)];
  await heavy.append(texts);
  expect(heavy.sends).toEqual(texts.map((text) => [text]));
  expect(codes(await heavy.append(["x".repeat(1_000)]))).toEqual(["too-large"]);
});

test("past its bounds an append is refused at once, and what was taken is kept", async () => {
  const gate = Promise.withResolvers<void>();
  const { append, commit } = open(() => gate.promise, { maxHeldRecords: 100, maxBatchRecords: 7 });
  const taken = append(numbered(100));
  expect(codes(await append(numbered(50, 100)))).toEqual(Array(50).fill("unavailable"));
  expect(commit.held().records).toBe(100);
  gate.resolve();
  expect(codes(await taken)).toEqual(Array(100).fill("ok"));
  expect(commit.held()).toEqual({ records: 0, bytes: 0 });
});

test("bytes are bounded as well", async () => {
  const gate = Promise.withResolvers<void>();
  const { append, commit } = open(() => gate.promise, { maxHeldBytes: 10_000 });
  const appends = append(Array(20).fill("x".repeat(900)));
  await until(() => commit.held().records > 0, { what: "appends" });
  expect(commit.held().bytes).toBeLessThanOrEqual(10_000);
  gate.resolve();
  expect(codes(await appends).filter((code) => code === "ok")).toHaveLength(9);
});

test("an append that waits too long is refused; waiting it makes room, tried it is still sent", async () => {
  let away = true;
  const { append, commit, sends } = open(
    () => {
      if (away) throw new Error("away");
    },
    { appendDeadlineMs: 60, maxBatchRecords: 2, maxHeldRecords: 4 },
  );
  expect(codes(await append(["a", "b", "c", "d"]))).toEqual(Array(4).fill("unavailable"));
  expect(commit.held().records).toBe(2);
  away = false;
  // The pause before the next try may be longer than an append waits.
  await until(async () => codes(await append(["e"])).includes("ok"), { what: "e to be sent" });
  expect(sends.slice(-2)).toEqual([["a", "b"], ["e"]]);
  expect(sends.flat()).not.toContain("c");
});

test("what a failed send has written is acked at once and not sent again; the rest is, in its order, before what came meanwhile", async () => {
  const gate = Promise.withResolvers<void>();
  const { commit, append, sends } = open(async (_, attempt, records) => {
    if (attempt === 1) throw new SentInPart([records[1]!, records[3]!]);
    if (attempt === 2) await gate.promise;
  });
  const [a, b, c, d] = ["a", "b", "c", "d"].map((text) => commit.append(record(text)));
  await Promise.all([a, c]);
  const later = append(["later"]);
  await until(() => sends.length === 2, { what: "the second send" });
  gate.resolve();
  await Promise.all([b, d, later]);
  expect(sends).toEqual([["a", "b", "c", "d"], ["b", "d"], ["later"]]);
});

test("a record the broker never takes is refused alone", async () => {
  const { append, sends } = open((texts, _, records) => {
    if (texts.includes("poison")) throw new RecordsRefused(records);
  });
  expect(codes(await append(["a", "poison", "b"]))).toEqual(["ok", "too-large", "ok"]);
  expect(sends).toEqual([["a", "poison", "b"], ["a"], ["poison"], ["b"]]);
});

test("only those that are refused go alone", async () => {
  const { append, sends } = open((texts, _, records) => {
    const refused = records.filter((_, at) => texts[at]?.startsWith("p"));
    if (refused.length > 0) throw new RecordsRefused(refused);
  });
  expect(codes(await append(["a", "p1", "b", "p2"]))).toEqual(["ok", "too-large", "ok", "too-large"]);
  expect(sends).toEqual([["a", "p1", "b", "p2"], ["p1"], ["p2"]]);
});

test("closing waits for what is held and takes nothing more", async () => {
  const { append, commit } = open(() => Bun.sleep(5), { maxBatchRecords: 3 });
  const appends = append(numbered(10));
  await commit.close();
  expect(codes(await appends)).toEqual(Array(10).fill("ok"));
  expect(codes(await append(["late"]))).toEqual(["unavailable"]);
});

test("closing while the log is away ends with the deadlines", async () => {
  const { append, commit } = open(
    () => {
      throw new Error("away");
    },
    { appendDeadlineMs: 50 },
  );
  const appends = append(["a", "b"]);
  await commit.close();
  expect(codes(await appends)).toEqual(["unavailable", "unavailable"]);
});
