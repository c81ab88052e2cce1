/** One account with as many webhooks as a room may have, whose receiver takes long; and another account with one that is quick. */
import { expect } from "bun:test";
import { maxHooksPerRoom } from "#domain/hook.ts";
import { type ApiPerson, freshName, signUpPerson } from "./api-person.ts";
import { type HookReceiver, offsetsIn, startHookReceiver, takes } from "./hook-receiver.ts";
import { until } from "./wait.ts";

/** From the post to the arrival, whatever somebody else's receivers do: two looks of a second, and the sending. */
const arrivesWithinMs = 5_000;

export interface SlowHooks extends AsyncDisposable {
  /** Deliveries that the slow receiver holds at this moment, and the most that it ever held. */
  readonly held: { now: number; most: number };
  /** How many it has been sent in all. */
  sent(): number;
  /** The quick account posts, and its receiver has it within seconds. */
  arrives(): Promise<void>;
  /** Something happens in the slow account's room. */
  postSlow(): Promise<void>;
}

/** @param answerAfterMs of the slow receiver */
export async function makeSlowHooks(serverUrl: string, answerAfterMs: number): Promise<SlowHooks> {
  const [slow, quick] = [startHookReceiver(), startHookReceiver()];
  const ending = Promise.withResolvers<void>();
  const held = { now: 0, most: 0 };
  slow.answer = async () => {
    held.now += 1;
    held.most = Math.max(held.most, held.now);
    await Promise.race([Bun.sleep(answerAfterMs), ending.promise]);
    held.now -= 1;
    return takes();
  };
  const [eve, bob] = [await signUpPerson(serverUrl), await signUpPerson(serverUrl)];
  const [eves, bobs] = [await eve.createRoom(freshName("Eve")), await bob.createRoom(freshName("Bob"))];
  for (let n = 0; n < maxHooksPerRoom; n++) await addHook(eve, eves.id, slow);
  quick.secret = await addHook(bob, bobs.id, quick);

  return {
    held,
    sent: () => slow.batches.length,
    postSlow: async () => void (await eve.post(eves.id, "much to send")),
    async arrives() {
      const before = offsetsIn(quick.taken).length;
      await bob.post(bobs.id, "something new");
      await until(() => offsetsIn(quick.taken).length > before, {
        what: "another's event",
        deadlineMs: arrivesWithinMs,
      });
      expect(quick.problems).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      ending.resolve();
      await Promise.all([slow.close(), quick.close()]);
    },
  };
}

async function addHook(person: ApiPerson, room: string, { url }: HookReceiver): Promise<string> {
  const { status, body } = await person.call("POST", `/rooms/${room}/hooks/outgoing`, { url });
  expect(status).toBe(201);
  return body.secret;
}
