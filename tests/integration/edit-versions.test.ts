/** Edits that say which version they were made for: over HTTP, on the socket for programs, and many at once. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MemoryLog } from "#adapters/memory/message-log.ts";
import { editMessage, turnWaitMs } from "#domain/change-message.ts";
import { isChatError, unavailable } from "#domain/errors.ts";
import type { EventId, UserId } from "#domain/ids.ts";
import type { Claims, Ports } from "#domain/ports/index.ts";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ between: (ports) => ({ ...ports, log: slow(ports.log) }) });
});
afterAll(() => gateway.close());

const atOnce = 50;

/** As a log of several brokers is: others have read the same version before an edit is in it. */
const slow = (log: MemoryLog): MemoryLog => ({
  ...log,
  async append(event) {
    await Bun.sleep(10);
    await log.append(event);
  },
});

interface Posted {
  readonly who: ApiPerson;
  readonly url: string;
  readonly ref: { readonly room: string; readonly message: EventId };
}

async function post(text: string): Promise<Posted> {
  const { ana: who, room } = await openRoomOfTwo(gateway.url);
  const message = (await who.post(room.id, text)) as EventId;
  const url = `${gateway.url}/api/v1/rooms/${room.id}/messages/${message}`;
  return { who, url, ref: { room: room.id, message } };
}

async function call({ who, url }: Posted, method: string, ifMatch?: string, text?: string) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${who.token}`,
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      ...(text === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(text === undefined ? {} : { body: JSON.stringify({ text }) }),
  });
  const body = response.status === 204 ? undefined : await response.json();
  return { status: response.status, etag: response.headers.get("etag") ?? "", body };
}

const edit = (posted: Posted, text: string, ifMatch?: string) => call(posted, "PATCH", ifMatch, text);
const read = async (posted: Posted) => await call(posted, "GET");
const author = ({ who: { id, name } }: Posted) => ({ id: id as UserId, name });

test("an edit is taken for the version that is there, refused for an older one, and says the version that it made", async () => {
  const posted = await post("one");
  const first = (await read(posted)).etag;
  expect(first).toMatch(/^"[\w-]+"$/);
  const second = await edit(posted, "two", first);
  expect(second).toMatchObject({ status: 200, body: { message: { text: "two", editedAt: expect.any(String) } } });
  expect(second.etag).toBe((await read(posted)).etag);
  expect(second.etag).toBe(`"${second.body.message.version}"`);
  const stale = await edit(posted, "other", first);
  expect(stale).toMatchObject({ status: 412, etag: second.etag });
  expect(stale.body).toMatchObject({
    status: 412,
    code: "changed",
    current: { version: second.body.message.version, text: "two" },
  });
  const third = await edit(posted, "three", second.etag);
  expect((await read(posted)).body.message).toEqual(third.body.message);
});

test("the tag is the one of the list, a tag made weak counts, a star takes any, and without If-Match the last one counts", async () => {
  const posted = await post("one");
  const list = await posted.who.get(`/rooms/${posted.ref.room}/messages`);
  const { version } = list.body.items.at(-1);
  expect((await read(posted)).etag).toBe(`"${version}"`);
  expect((await edit(posted, "two", `"none", W/"${version}"`)).status).toBe(200);
  expect((await edit(posted, "three", "*")).status).toBe(200);
  expect((await edit(posted, "four")).status).toBe(200);
  expect((await edit(posted, "five", `"${version}"`)).status).toBe(412);
  for (const ifMatch of ['""', "", "x, y", '"'.repeat(500)])
    expect((await edit(posted, "six", ifMatch)).status).toBe(412);
  expect((await read(posted)).body.message.text).toBe("four");
});

test("what was taken already is answered as done, also when the answer was lost", async () => {
  const posted = await post("one");
  const { etag } = await read(posted);
  await edit(posted, "two", etag);
  const again = await edit(posted, "two", etag);
  expect(again).toMatchObject({ status: 200, body: { message: { text: "two" } } });
  const events = await posted.who.get(`/rooms/${posted.ref.room}/events`);
  expect(events.body.items.filter(({ type }: { type: string }) => type === "message.edited")).toHaveLength(1);
});

test("reactions make no other version; a deletion with an older one is refused", async () => {
  const posted = await post("one");
  const { etag } = await read(posted);
  await posted.who.call("PUT", `/rooms/${posted.ref.room}/messages/${posted.ref.message}/reactions/%F0%9F%91%8D`);
  expect((await read(posted)).etag).toBe(etag);
  await edit(posted, "two", etag);
  expect((await call(posted, "DELETE", etag)).status).toBe(412);
  expect((await call(posted, "DELETE", (await read(posted)).etag)).status).toBe(204);
  expect((await call(posted, "DELETE", etag)).status).toBe(204);
  expect((await edit(posted, "three", etag)).status).toBe(409);
});

test("of fifty edits at once for one version one is taken, and the others are told what it says", async () => {
  const posted = await post("one");
  const { etag } = await read(posted);
  const answers = await Promise.all(Array.from({ length: atOnce }, (_, n) => edit(posted, `edit ${n}`, etag)));
  const [taken, ...more] = answers.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  const { text } = taken?.body.message ?? {};
  expect((await read(posted)).body.message.text).toBe(text);
  const refused = answers.filter(({ status }) => status === 412);
  expect(refused).toHaveLength(atOnce - 1);
  for (const { body } of refused) expect(body.current.text).toBe(text);
  const events = await posted.who.get(`/rooms/${posted.ref.room}/events?after=0`);
  expect(events.body.items.filter(({ type }: { type: string }) => type === "message.edited")).toHaveLength(1);
});

test("of edits at once that expect nothing each is taken; one that expects a version never replaces another unseen", async () => {
  const posted = await post("one");
  const { etag } = await read(posted);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => edit(posted, `edit ${n}`, n % 2 === 0 ? etag : undefined)),
  );
  expect(answers.filter((_, n) => n % 2 === 1).map(({ status }) => status)).toEqual(Array(10).fill(200));
  const conditional = answers.filter((_, n) => n % 2 === 0 && _.status === 200);
  expect(conditional.length).toBeLessThan(2);
  const events = await posted.who.get(`/rooms/${posted.ref.room}/events`);
  const edits = events.body.items.filter(({ type }: { type: string }) => type === "message.edited");
  // Whoever expected the first version stands first.
  if (conditional[0]) expect(edits[0].text).toBe(conditional[0].body.message.text);
});

test("without claims an edit that expects a version is put off, any other goes on; so is one that nobody can read yet", async () => {
  const posted = await post("one");
  const { etag } = await read(posted);
  const version = etag.slice(1, -1);
  const refusal = async (ports: Ports, text: string, expected?: readonly string[]) => {
    try {
      return (await editMessage(ports, author(posted), posted.ref, text, expected)).message.text;
    } catch (error) {
      return isChatError(error) ? error.code : error;
    }
  };
  const away: Claims = {
    take: async () => {
      throw unavailable("away");
    },
    giveBack: async () => {
      throw unavailable("away");
    },
  };
  expect(await refusal({ ...gateway.ports, claims: away }, "two", [version])).toBe("unavailable");
  expect((await read(posted)).body.message.text).toBe("one");
  const unseen = { ...gateway.ports, stream: { ...gateway.ports.stream, publishAhead: async () => undefined } };
  expect(await refusal(unseen, "kept", [version])).toBe("unavailable");
  expect((await read(posted)).body.message.text).toBe("kept");
  expect(await refusal({ ...gateway.ports, claims: away }, "two")).toBe("two");
  const never = { ...gateway.ports, claims: { ...away, take: async () => false } };
  const now = (await read(posted)).etag.slice(1, -1);
  const from = performance.now();
  expect(await refusal(never, "three", [now])).toBe("unavailable");
  const waitedMs = performance.now() - from;
  // It ends before a pause that would be too long.
  expect(waitedMs).toBeGreaterThan(0.75 * turnWaitMs);
  expect(waitedMs).toBeLessThan(1.5 * turnWaitMs);
  expect(await refusal(never, "three")).toBe("three");
}, 20_000);

test("somebody who joined later still can't", async () => {
  const posted = await post("one");
  const stranger = await signUpPerson(gateway.url);
  expect((await call({ ...posted, who: stranger }, "GET")).status).toBe(403);
});
