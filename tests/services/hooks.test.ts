/** Webhooks in a cluster: several writers share the work, one killed with -9 loses nothing, and who is slow holds up nobody. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { maxInFlightPerOwner } from "#hooks/places.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { offsetsIn, startHookReceiver, takes } from "../support/hook-receiver.ts";
import { makeSlowHooks } from "../support/slow-hooks.ts";
import { until } from "../support/wait.ts";
import { openServiceWorld, type ServiceWorld } from "./service-world.ts";

const longMs = 180_000;
const secret = "s".repeat(48);
let world: ServiceWorld;
beforeAll(async () => {
  world = await openServiceWorld();
}, longMs);
afterAll(async () => await world?.[Symbol.asyncDispose](), longMs);

test(
  "everything arrives in order while one of two writers is killed in the middle",
  async () => {
    const own = { ...world.env, JWT_SECRET: secret, WEBHOOK_ALLOW: "127.0.0.0/8" };
    const [first] = await Promise.all([world.startWriter(own), world.startWriter(own)]);
    const { url } = await world.startGateway(own);
    await using receiver = startHookReceiver();
    const ana = await signUpPerson(url);
    const { id } = await ana.createRoom(freshName("Room"));
    const { body } = await ana.call("POST", `/rooms/${id}/hooks/outgoing`, { url: receiver.url });
    receiver.secret = body.secret;
    const from = body.hook.position;

    await ana.post(id, "before");
    await until(() => offsetsIn(receiver.taken).includes(from + 1), { what: "the first event", deadlineMs: 30_000 });
    // Killed while it waits for the answer, if it is the one that has the claim.
    const held = Promise.withResolvers<void>();
    receiver.answer = async () => {
      await held.promise;
      return takes();
    };
    for (let n = 0; n < 10; n++) await ana.post(id, `during ${n}`);
    await until(() => receiver.batches.length > receiver.taken.length, { what: "a batch", deadlineMs: 30_000 });
    process.kill(first.pid, "SIGKILL");
    receiver.answer = takes;
    held.resolve();
    await ana.post(id, "after");
    await until(() => offsetsIn(receiver.taken).includes(from + 12), { what: "the last event", deadlineMs: 120_000 });
    expect([...new Set(offsetsIn(receiver.taken))]).toEqual(Array.from({ length: 12 }, (_, at) => from + 1 + at));
    expect(receiver.problems).toEqual([]);
  },
  longMs,
);

test(
  "twenty webhooks of one account with a slow receiver hold up nobody else's, with two writers",
  async () => {
    const own = { ...world.env, JWT_SECRET: secret, WEBHOOK_ALLOW: "127.0.0.0/8" };
    const writers = await Promise.all([world.startWriter(own), world.startWriter(own)]);
    const { url } = await world.startGateway(own);
    await using slow = await makeSlowHooks(url, 9_000);
    await slow.postSlow();
    await until(() => slow.held.now > maxInFlightPerOwner, { what: "both writers to send", deadlineMs: 30_000 });
    for (let n = 0; n < 3; n++) {
      await slow.postSlow();
      await slow.arrives();
    }
    await until(() => slow.sent() > 20, { what: "all of them to have had a turn", deadlineMs: 60_000 });
    await slow.arrives();
    expect(slow.held.most).toBeLessThanOrEqual(3 * maxInFlightPerOwner);
    await Promise.all(writers.map((writer) => writer.stop()));
  },
  longMs,
);
