/** When a deliverer of webhooks looks for what is due, and what becomes of what it had in hand while it stood still. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { createAddressRules } from "#adapters/http/address-rules.ts";
import { createHttpWebhookSender } from "#adapters/http/webhook-sender.ts";
import type { FixedClock } from "#adapters/memory/clock.ts";
import { openStandalone } from "#adapters/standalone.ts";
import { ensureSystemUser } from "#domain/accounts.ts";
import { createRoom } from "#domain/create-room.ts";
import type { OutgoingHook } from "#domain/hook.ts";
import { createOutgoingHook } from "#domain/hooks.ts";
import type { RoomId } from "#domain/ids.ts";
import { sendMessage } from "#domain/send-message.ts";
import { standstillMs } from "#domain/standstill.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { type Deliverer, type DelivererPorts, maxHoleSights, startDeliverer } from "#hooks/deliverer.ts";
import { startWriter } from "#writer/writer.ts";
import type { ApiPerson } from "../support/api-person.ts";
import type { TestGateway } from "../support/gateway.ts";
import { type HookReceiver, offsetsIn, takes } from "../support/hook-receiver.ts";
import { openHookRoom } from "../support/hook-room.ts";
import { memoryFolder } from "../support/memory-folder.ts";
import { until } from "../support/wait.ts";

const hourMs = 3_600_000;
const webhooks = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]) });
const sealer = await createHookSealer("s".repeat(48));

let clock: FixedClock;
let gateway: TestGateway;
let receiver: HookReceiver;
let ana: ApiPerson;
let room: RoomId;
let from: number;
let deliverers: Deliverer[];

beforeEach(async () => {
  ({ clock, gateway, receiver, ana, room } = await openHookRoom(webhooks));
  const { body } = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url: receiver.url });
  receiver.secret = body.secret;
  from = body.hook.position;
  deliverers = [];
});

afterEach(async () => {
  for (const deliverer of deliverers) await deliverer.close();
  await gateway.close();
  await receiver.close();
});

function deliver(ports: DelivererPorts = gateway.ports, times: { tickMs?: number; restMs?: number } = {}): Deliverer {
  const deliverer = startDeliverer(ports, { sealer, tickMs: 5, ...times });
  deliverers.push(deliverer);
  return deliverer;
}

const hookNow = async () => (await gateway.ports.hooks.listOf(room))[0] as OutgoingHook;
const newest = async () => (await gateway.ports.stream.head(room)).offset;
const allTaken = async () =>
  await until(async () => (await hookNow()).position === (await newest()), { what: "the receiver to have everything" });

/** With what is told of each look for what is due. */
const looking = (looked: () => void): DelivererPorts => ({
  ...gateway.ports,
  hooks: {
    ...gateway.ports.hooks,
    async claim(...wanted) {
      const claims = await gateway.ports.hooks.claim(...wanted);
      looked();
      return claims;
    },
  },
});

test("a rest ends by itself: what nobody woke it for is found", async () => {
  let looks = 0;
  deliver(
    looking(() => {
      looks += 1;
    }),
    { tickMs: hourMs, restMs: 20 },
  );
  await until(() => looks >= 3, { what: "two rests to end" });
  await ana.post(room, "found");
  await allTaken();
  expect(offsetsIn(receiver.taken)).toEqual([from + 1]);
});

test("a try that failed is made again while nothing is stored, long before a rest would end", async () => {
  receiver.answer = () => new Response(null, { status: 500 });
  await ana.post(room, "again");
  deliver(gateway.ports, { restMs: hourMs });
  await until(async () => (await hookNow()).failures === 1, { what: "a failure" });
  receiver.answer = takes;
  clock.advance(Date.parse((await hookNow()).nextTryAt) - clock.now());
  await allTaken();
  expect(offsetsIn(receiver.batches)).toEqual([from + 1, from + 1]);
});

test("nothing is sent on a lease that ran out while the batch was read: another has it, and is further", async () => {
  await ana.post(room, "old");
  const { stream } = gateway.ports;
  const frozen = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  let settled = 0;
  deliver({
    ...gateway.ports,
    hooks: {
      ...gateway.ports.hooks,
      async settle(...standing) {
        const kept = await gateway.ports.hooks.settle(...standing);
        settled += 1;
        return kept;
      },
      // One claim is enough for it.
      claim: async (...wanted) => (deliverers.length > 1 ? [] : await gateway.ports.hooks.claim(...wanted)),
    },
    stream: {
      ...stream,
      async tail(...asked) {
        const read = await stream.tail(...asked);
        frozen.resolve();
        await thawed.promise;
        return read;
      },
    },
  });
  await frozen.promise;
  clock.advance(61_000);
  deliver();
  await allTaken();
  await ana.post(room, "newer");
  await allTaken();
  thawed.resolve();
  await until(() => settled === 1, { what: "the first to give back its claim" });
  expect(offsetsIn(receiver.batches)).toEqual([from + 1, from + 2]);
});

test("a hole is met once in a reading, also where a standstill has it read again", async () => {
  for (let n = 0; n < 3; n++) await ana.post(room, `message ${n}`);
  const { stream, events } = gateway.ports;
  let reads = 0;
  let readsBefore = 0;
  receiver.answer = () => {
    readsBefore = reads;
    return takes();
  };
  deliver({
    ...gateway.ports,
    stream: { ...stream, tail: async () => undefined },
    events: {
      ...events,
      async events(...query) {
        const found = await events.events(...query);
        // The first finds what is before the hole.
        if (++reads === 2) Bun.sleepSync(standstillMs + 100);
        return found.filter(({ offset }) => offset !== from + 2);
      },
    },
  });
  await allTaken();
  expect(offsetsIn(receiver.taken)).toEqual([from + 1, from + 3]);
  expect(readsBefore).toBe(1 + maxHoleSights + 1);
});

test("in a single process all that is stored wakes it, so that it may rest for as long as it likes", async () => {
  const folder = memoryFolder("rest");
  const find = () => ({ reason: "PGlite is asked for" });
  const ports = await openStandalone({ dataDir: folder, limits: false, webhooks, find });
  const looked = Promise.withResolvers<void>();
  const hooks: DelivererPorts["hooks"] = {
    ...ports.hooks,
    claim: async (...wanted) => await ports.hooks.claim(...wanted).finally(looked.resolve),
  };
  const deliverer = startDeliverer({ ...ports, hooks }, { sealer, tickMs: 5, restMs: hourMs });
  const writer = await startWriter(ports, { onStored: deliverer.wake });
  try {
    await looked.promise;
    const maker = await ensureSystemUser(ports);
    const { id } = await createRoom(ports, maker, { name: "Tea", visibility: "public" });
    receiver.secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const sealed = await sealer.seal(receiver.secret);
    const { position } = await createOutgoingHook(ports, maker, { room: id, url: receiver.url }, sealed);
    await sendMessage(ports, maker, { room: id, text: "woken" });
    await until(() => offsetsIn(receiver.taken).includes(position + 1), { what: "the message at the receiver" });
    expect(receiver.problems).toEqual([]);
  } finally {
    await deliverer.close();
    await writer.close();
    await ports.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);
