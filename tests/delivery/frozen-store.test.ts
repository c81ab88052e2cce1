/** A store that answers nothing and refuses nothing: after a moment chat goes on live without it, and catches up with it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { answerWithinMs } from "#db/answer-deadline.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { until } from "../support/wait.ts";
import { signalTree } from "./world.ts";

const startMs = 180_000;
const testMs = 120_000;
const messages = 20;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ gateways: 2, writers: 1 });
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

test(
  "while Postgres is frozen messages and replies are acked and live, and afterwards all of them are stored",
  async () => {
    const ana = await signUpPerson(cluster.url);
    const room = await ana.createRoom(freshName("frozen"));
    await ana.post(room.id, "before");
    const [postgres] = await cluster.processes("postgres");
    if (postgres === undefined) throw new Error("there is a Postgres");
    const ids: string[] = [];
    try {
      signalTree(postgres.pid, "SIGSTOP");
      for (let n = 0; n < messages; n++) {
        const id = Bun.randomUUIDv7();
        await until(
          async () => {
            const replyTo = ids.at(-1);
            const body = { id, text: `frozen ${n}`, resend: false, ...(replyTo && { replyTo }) };
            return (await ana.call("POST", `/rooms/${room.id}/messages`, body)).status < 300;
          },
          { deadlineMs: 4 * answerWithinMs, what: `message ${n} to be acked` },
        );
        ids.push(id);
      }
    } finally {
      signalTree(postgres.pid, "SIGCONT");
    }
    const newest = async (): Promise<readonly { id: string; replyTo?: { id: string } }[]> =>
      ((await ana.get(`/rooms/${room.id}/messages?limit=100`)).body.items ?? []).slice(-messages);
    const stored = async () => (await newest()).map(({ id }) => id);
    await until(async () => (await stored()).length === messages, {
      deadlineMs: 60_000,
      what: "the store to catch up",
    });
    expect(await stored()).toEqual(ids);
    expect((await newest()).slice(1).map(({ replyTo }) => replyTo?.id)).toEqual(ids.slice(0, -1));
  },
  testMs,
);
