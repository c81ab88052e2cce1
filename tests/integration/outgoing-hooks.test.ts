/** Outgoing webhooks, to a real receiver: signed, in order, without loss whatever the receiver and the deliverers go through. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createAddressRules } from "#adapters/http/address-rules.ts";
import { createHttpWebhookSender } from "#adapters/http/webhook-sender.ts";
import type { FixedClock } from "#adapters/memory/clock.ts";
import type { OutgoingHook } from "#domain/hook.ts";
import type { RoomId } from "#domain/ids.ts";
import type { WebhookSender } from "#domain/ports/index.ts";
import { standstillMs } from "#domain/standstill.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { maxBatchEvents } from "#hooks/batch.ts";
import { type Deliverer, type DelivererPorts, maxHoleSights, startDeliverer } from "#hooks/deliverer.ts";
import type { ApiPerson } from "../support/api-person.ts";
import { upTo } from "../support/claims.ts";
import type { TestGateway } from "../support/gateway.ts";
import { type HookReceiver, offsetsIn, startHookReceiver, takes } from "../support/hook-receiver.ts";
import { openHookRoom } from "../support/hook-room.ts";
import type { TestPorts } from "../support/ports.ts";
import { until } from "../support/wait.ts";

const day = 24 * 3_600_000;
const sender = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]), timeoutMs: 500 });
const sealer = await createHookSealer("s".repeat(48));

let clock: FixedClock;
let gateway: TestGateway;
let receiver: HookReceiver;
let ana: ApiPerson;
let room: RoomId;
let deliverers: Deliverer[];
/** What the gateway looks at addresses with. */
let checking: WebhookSender;
/** Lets those go on that hang for good, so that they can be closed. */
let release: () => void;
let held: Promise<boolean>;

beforeEach(async () => {
  checking = sender;
  const hanging = Promise.withResolvers<boolean>();
  held = hanging.promise;
  release = () => hanging.resolve(false);
  const webhooks: WebhookSender = { check: (url) => checking.check(url), send: (webhook) => checking.send(webhook) };
  ({ clock, gateway, receiver, ana, room } = await openHookRoom(webhooks));
  deliverers = [];
});

afterEach(async () => {
  release();
  for (const deliverer of deliverers) await deliverer.close();
  await gateway.close();
  await receiver.close();
});

function deliver(between: (ports: TestPorts) => DelivererPorts = (ports) => ports): Deliverer {
  const deliverer = startDeliverer(between(gateway.ports), { sealer, tickMs: 5 });
  deliverers.push(deliverer);
  return deliverer;
}

/** As if it were killed when it has settled so often: it hangs there, and claims nothing more. */
function deliverUntilKilled(settles: number): void {
  let left = settles;
  const { hooks } = gateway.ports;
  deliver((ports) => ({
    ...ports,
    hooks: {
      ...hooks,
      claim: async (...wanted) => (left < 0 ? [] : await hooks.claim(...wanted)),
      settle: async (...standing) => (--left < 0 ? await held : await hooks.settle(...standing)),
    },
  }));
}

async function addHook(url = receiver.url): Promise<string> {
  const { status, body } = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url });
  expect(status).toBe(201);
  expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  receiver.secret = body.secret;
  return body.hook.id;
}

async function post(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await ana.post(room, `message ${n}`);
}

const hookNow = async () => (await gateway.ports.hooks.listOf(room))[0] as OutgoingHook;
const newest = async () => (await gateway.ports.stream.head(room)).offset;
const allTaken = async () =>
  await until(async () => (await hookNow()).position === (await newest()), { what: "the receiver to have everything" });
/** Every offset after the first, once. */
const expectAllOnce = async (from: number) => {
  const last = await newest();
  expect(offsetsIn(receiver.taken)).toEqual(Array.from({ length: last - from }, (_, at) => from + 1 + at));
  expect(receiver.problems).toEqual([]);
};

test("what happens from then on arrives signed, in order, in batches", async () => {
  await post(2);
  const from = await newest();
  const id = await addHook();
  await post(maxBatchEvents + 20);
  deliver();
  await allTaken();
  await expectAllOnce(from);
  expect(receiver.taken[0]?.events).toHaveLength(maxBatchEvents);
  expect(receiver.taken[0]?.id).toBe(`${id}.${from + 1}-${from + maxBatchEvents}`);
  expect(receiver.taken[0]?.events[0]).toMatchObject({ type: "message.posted", text: "message 0", room });
  await post(1);
  await allTaken();
  await expectAllOnce(from);
});

test("a deliverer that rests until it is woken finds what was stored, and looks as often as ever after that", async () => {
  const from = await newest();
  await addHook();
  let looks = 0;
  const { hooks } = gateway.ports;
  const counted: DelivererPorts = {
    ...gateway.ports,
    hooks: {
      ...hooks,
      async claim(...wanted) {
        looks += 1;
        return await hooks.claim(...wanted);
      },
    },
  };
  const deliverer = startDeliverer(counted, { sealer, tickMs: 5, restMs: 3_600_000 });
  deliverers.push(deliverer);
  await until(() => looks === 1, { what: "the look of its start" });
  await post(1);
  expect(looks).toBe(1);
  deliverer.wake();
  await allTaken();
  await post(1);
  await allTaken();
  await expectAllOnce(from);
});

test.each([
  ["500", () => new Response("no", { status: 500 })],
  ["a redirection to a private address", () => Response.redirect("http://127.0.0.1:1/secret", 307)],
  ["nothing at all", () => new Promise<Response>(() => undefined)],
])("a receiver that answers %s loses nothing and is asked ever more seldom", async (_what, answer) => {
  const from = await newest();
  await addHook();
  receiver.answer = answer;
  deliver();
  await post(3);
  for (const failures of [1, 2, 3]) {
    await until(async () => (await hookNow()).failures === failures, { what: `${failures} failures` });
    const { nextTryAt, lastFailure, position } = await hookNow();
    const pauseMs = Date.parse(nextTryAt) - clock.now();
    expect(pauseMs).toBeGreaterThanOrEqual(2_500 * 2 ** (failures - 1));
    expect(pauseMs).toBeLessThanOrEqual(5_000 * 2 ** (failures - 1));
    expect([position, lastFailure?.reason]).toEqual([from, expect.stringMatching(/answer/)]);
    clock.advance(pauseMs);
  }
  receiver.answer = takes;
  clock.advance(60_000);
  await allTaken();
  await expectAllOnce(from);
  expect(await hookNow()).not.toHaveProperty("failingSince");
});

test("a receiver that is away for a while gets everything when it is back", async () => {
  const from = await newest();
  await addHook();
  await receiver.close();
  deliver();
  await post(3);
  await until(async () => (await hookNow()).failures === 1, { what: "a failure" });
  expect((await hookNow()).lastFailure?.reason).toBe("Nobody listens at that address.");
  const { secret, port } = receiver;
  receiver = Object.assign(startHookReceiver(port), { secret });
  clock.advance(5_000);
  await allTaken();
  await expectAllOnce(from);
});

test("a receiver that asks for patience is asked again when it said", async () => {
  await addHook();
  receiver.answer = () => new Response(null, { status: 429, headers: { "retry-after": "600" } });
  deliver();
  await post(1);
  await until(async () => (await hookNow()).failures === 1, { what: "a failure" });
  expect(Date.parse((await hookNow()).nextTryAt)).toBe(clock.now() + 600_000);
});

test("a deliverer that is gone before it could note what was taken repeats it under the same id, and no more", async () => {
  const from = await newest();
  const id = await addHook();
  deliverUntilKilled(0);
  await post(3);
  await until(() => receiver.taken.length === 1, { what: "the first batch" });
  deliver();
  // Nobody else has it while the claim may be alive.
  clock.advance(59_000);
  await post(1);
  const now = new Date(clock.now()).toISOString();
  expect(await gateway.ports.hooks.claim(now, now, "nobody", upTo(10))).toEqual([]);
  clock.advance(2_000);
  await allTaken();
  expect(receiver.taken[0]?.id.startsWith(`${id}.${from + 1}-`)).toBe(true);
  expect([...new Set(offsetsIn(receiver.taken))]).toEqual(Array.from({ length: 4 }, (_, at) => from + 1 + at));
  expect(receiver.problems).toEqual([]);
});

test("two deliverers send everything once, and a hook that hangs holds up no other", async () => {
  const from = await newest();
  await addHook();
  const hung = startHookReceiver();
  try {
    hung.answer = () => new Promise<Response>(() => undefined);
    const made = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url: hung.url });
    expect(made.status).toBe(201);
    for (let n = 0; n < 2; n++) deliver();
    await post(30);
    await until(() => offsetsIn(receiver.taken).length >= 30, { what: "everything at the good one" });
    await expectAllOnce(from);
  } finally {
    await hung.close();
  }
});

/** The stream has forgotten it, and the store does not show it while `hidden()`. */
const deliverWithout = (offset: number, hidden: () => boolean) =>
  deliver((ports) => ({
    ...ports,
    stream: { ...ports.stream, tail: async () => undefined },
    events: {
      ...ports.events,
      events: async (...query) =>
        (await ports.events.events(...query)).filter((event) => !hidden() || event.offset !== offset),
    },
  }));

test("an event that is stored late is waited for, not passed over", async () => {
  const from = await newest();
  await addHook();
  await post(3);
  let hidden = true;
  deliverWithout(from + 2, () => hidden);
  await until(() => receiver.taken.length > 0, { what: "what is before the hole" });
  expect(offsetsIn(receiver.taken)).toEqual([from + 1]);
  hidden = false;
  await allTaken();
  await expectAllOnce(from);
});

test("an event that never comes holds up the others for a while, not for good", async () => {
  const from = await newest();
  await addHook();
  await post(3);
  let looks = 0;
  deliverWithout(from + 2, () => {
    looks += 1;
    return true;
  });
  await allTaken();
  expect(offsetsIn(receiver.taken)).toEqual([from + 1, from + 3]);
  expect(looks).toBeGreaterThanOrEqual(maxHoleSights);
});

const notices = async () => {
  const { body } = await ana.get("/rooms?mine=true");
  const direct = body.items.filter((each: { visibility: string }) => each.visibility === "direct");
  const texts = [];
  for (const { id } of direct)
    for (const { text, author } of (await ana.get(`/rooms/${id}/messages`)).body.items)
      texts.push(`${author.name}: ${text}`);
  return texts;
};
const told = async () => await until(async () => (await notices())[0], { what: "a notice" });

test("410 switches it off at once, its maker is told once, and on again it goes on where it stopped", async () => {
  const from = await newest();
  const id = await addHook();
  receiver.answer = () => new Response(null, { status: 410 });
  deliver();
  await post(2);
  expect(await told()).toMatch(
    /^superchat: The webhook of “Room.*” to `127\.0\.0\.1:\d+` is switched off\. It answered 410/,
  );
  await until(async () => (await hookNow()).notice === undefined, { what: "the notice to be noted" });
  expect(await hookNow()).toMatchObject({ state: "off", position: from });
  await post(1);
  receiver.answer = takes;
  clock.advance(200_000);
  expect(receiver.batches).toHaveLength(1);
  const on = await ana.call("POST", `/rooms/${room}/hooks/${id}/on`);
  expect([on.status, on.body.hook.state]).toEqual([200, "on"]);
  await allTaken();
  await expectAllOnce(from);
  expect(await notices()).toHaveLength(1);
});

test("three days of failure switch it off, and its maker is told", async () => {
  await addHook();
  receiver.answer = () => new Response(null, { status: 500 });
  deliver();
  await post(1);
  for (let failures = 1; failures < 5; failures++) {
    await until(async () => (await hookNow()).failures === failures, { what: `${failures} failures` });
    clock.advance(failures < 3 ? 60_000 : 1.5 * day);
  }
  await until(async () => (await hookNow()).state === "off", { what: "the end" });
  ana.token = (await ana.call("POST", "/sessions", { name: ana.name, password: ana.password })).body.accessToken;
  expect(await told()).toContain("It answered 500.");
});

test("a notice whose sender is gone in the middle is told once by the next", async () => {
  await addHook();
  receiver.answer = () => new Response(null, { status: 410 });
  // The second time notes that the maker was told.
  deliverUntilKilled(1);
  await post(1);
  await told();
  clock.advance(61_000);
  deliver();
  await until(async () => (await hookNow()).notice === undefined, { what: "the notice to be noted" });
  expect(await notices()).toHaveLength(1);
});

test("nothing is sent for somebody who has left the room", async () => {
  await addHook();
  await ana.call("DELETE", `/rooms/${room}/members/me`);
  deliver();
  await until(async () => (await hookNow()).state === "off", { what: "the end" });
  expect(receiver.batches).toEqual([]);
  expect((await hookNow()).lastFailure?.reason).toContain("has left the room");
});

test("an address that became private is not sent to", async () => {
  const strict = createHttpWebhookSender({ rules: createAddressRules() });
  checking = strict;
  const refused = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, {
    url: `http://localhost:${receiver.port}/`,
  });
  expect([refused.status, refused.body.field]).toEqual([422, "url"]);
  checking = sender;
  await addHook();
  deliver((ports) => ({ ...ports, webhooks: strict }));
  await post(1);
  await until(async () => (await hookNow()).failures === 1, { what: "a failure" });
  expect(receiver.batches).toEqual([]);
  expect((await hookNow()).lastFailure?.reason).toContain("private network");
});

test("what is deleted while the deliverer stands still is sent without its words", async () => {
  const from = await newest();
  await addHook();
  const id = await ana.post(room, "xyzzy");
  let reads = 0;
  deliver((ports) => ({
    ...ports,
    stream: {
      ...ports.stream,
      tail: async (...asked) => {
        const read = await ports.stream.tail(...asked);
        if (reads++ === 0) {
          await ana.call("DELETE", `/rooms/${room}/messages/${id}`);
          Bun.sleepSync(standstillMs + 100);
        }
        return read;
      },
    },
  }));
  await allTaken();
  await expectAllOnce(from);
  expect(receiver.batches[0]?.events[0]).toMatchObject({ id, text: "", deleted: true });
  expect(JSON.stringify(receiver.batches)).not.toContain("xyzzy");
});
