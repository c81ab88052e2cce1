/** Webhooks of the real process: sent by itself, kept on disk, and gone on with after kill -9. */
import { expect, test } from "bun:test";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { offsetsIn, startHookReceiver, takes } from "../support/hook-receiver.ts";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const longMs = 90_000;

test(
  "what was not taken before kill -9 is sent after it, in order and without loss",
  async () => {
    await using receiver = startHookReceiver();
    await using server = await startStandalone({ env: { WEBHOOK_ALLOW: "127.0.0.1" } });
    const ana = await signUpPerson(server.url);
    const { id } = await ana.createRoom(freshName("Room"));
    const refused = await ana.call("POST", `/rooms/${id}/hooks/outgoing`, { url: "http://10.0.0.1/" });
    expect([refused.status, refused.body.code]).toEqual([422, "invalid"]);
    const { body } = await ana.call("POST", `/rooms/${id}/hooks/outgoing`, { url: receiver.url });
    receiver.secret = body.secret;
    const from = body.hook.position;

    await ana.post(id, "before");
    await until(() => offsetsIn(receiver.taken).includes(from + 1), { what: "the first event", deadlineMs: 20_000 });
    receiver.answer = () => new Response(null, { status: 503 });
    for (let n = 0; n < 5; n++) await ana.post(id, `during ${n}`);
    await until(() => receiver.batches.length > receiver.taken.length, { what: "a failure", deadlineMs: 20_000 });
    await server.kill("SIGKILL");
    receiver.answer = takes;
    await server.restart();
    await ana.post(id, "after");
    // A claim of the process that is gone holds for a minute at most; the pause after the failure for seconds.
    await until(() => offsetsIn(receiver.taken).includes(from + 7), { what: "the last event", deadlineMs: 75_000 });
    expect([...new Set(offsetsIn(receiver.taken))]).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => from + n));
    expect(receiver.problems).toEqual([]);
  },
  longMs,
);
