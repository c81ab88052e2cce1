/** Messages that answer another one of their room, as programs send them and everybody reads them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiPerson, freshName } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { connectProgram } from "../support/program.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const roomOfTwo = () => openRoomOfTwo(gateway.url, "**first**\nof all");

const messages = async (who: ApiPerson, path: string) => (await who.get(path)).body.items;
const last = async (who: ApiPerson, path: string) => (await messages(who, path)).at(-1);
const lastEvent = async (who: ApiPerson, room: { id: string }) =>
  (await who.get(`/rooms/${room.id}/events`)).body.items.at(-1);
const mentionsOf = async (who: ApiPerson, { id: room }: { id: string }) =>
  (await who.get("/rooms?mine=true")).body.items.find(({ id }: { id: string }) => id === room).mentions;

test("a reply has what it answers, names who wrote that, and an edit keeps both", async () => {
  const { ana, ben, room, first, path } = await roomOfTwo();
  const { offset } = await last(ana, path);
  const quote = { id: first, offset, author: { id: ana.id, name: ana.name }, text: "first of all" };
  const { status, body } = await ben.call("POST", path, { text: "yes", replyTo: first.toUpperCase() });
  expect(status).toBe(201);
  expect(await last(ana, path)).toMatchObject({ text: "yes", mentions: [ana.id], replyTo: quote });
  expect(await lastEvent(ana, room)).toMatchObject({ type: "message.posted", mentions: [ana.id], replyTo: quote });
  await until(async () => (await mentionsOf(ana, room)) === 1, { what: "Ana to be told" });
  await ben.call("PATCH", `${path}/${body.id}`, { text: "no" });
  expect(await last(ana, path)).toMatchObject({ text: "no", mentions: [ana.id], replyTo: quote });
  expect(await mentionsOf(ana, room)).toBe(1);
});

test("nobody is named by answering themselves, and nobody who has left the room", async () => {
  const { ana, ben, first, path } = await roomOfTwo();
  await ana.call("POST", path, { text: "and another thing", replyTo: first });
  expect(await last(ana, path)).toMatchObject({ mentions: [], replyTo: { id: first } });
  const { id } = (await ben.call("POST", path, { text: "bye" })).body;
  await ben.call("DELETE", `${path.replace("/messages", "")}/members/me`);
  await ana.call("POST", path, { text: "too late", replyTo: id });
  expect(await last(ana, path)).toMatchObject({ mentions: [], replyTo: { author: { id: ben.id } } });
});

test("messages and events show what they answer as it reads now", async () => {
  const { ana, ben, room, first, path } = await roomOfTwo();
  await ben.call("POST", path, { text: "yes", replyTo: first });
  const event = await lastEvent(ana, room);
  await ana.call("PATCH", `${path}/${first}`, { text: "second" });
  expect((await last(ben, path)).replyTo).toMatchObject({ id: first, text: "second" });
  await ana.call("DELETE", `${path}/${first}`);
  const gone = { id: first, text: "", deleted: true };
  expect((await last(ben, path)).replyTo).toMatchObject(gone);
  const { items } = (await ana.get(`/rooms/${room.id}/events`)).body;
  const now = items.find(({ id }: { id: string }) => id === event.id);
  expect(now).toEqual({ ...event, replyTo: { ...event.replyTo, ...gone } });
});

test("only a message of this very room that is not deleted can be answered; else nothing is said", async () => {
  const { ana, ben, room, path } = await roomOfTwo();
  const secret = await ben.createRoom(freshName("secret"), "private");
  const open = await ana.createRoom(freshName("open"));
  const gone = await ana.post(room.id, "gone");
  await ana.call("DELETE", `${path}/${gone}`);
  const joining = (await ana.get(`/rooms/${room.id}/events`)).body.items[0].id;
  const before = (await messages(ana, path)).length;
  // At some of these offsets there is a message here, too.
  const secrets = [];
  for (let n = 0; n < 5; n++) secrets.push(await ben.post(secret.id, `secret ${n}`));
  const others = [...secrets, await ana.post(open.id, "open"), Bun.randomUUIDv7(), joining];
  const details = new Set<string>();
  for (const replyTo of others) {
    const { status, body } = await ana.call("POST", path, { text: "hm", replyTo });
    expect({ status, code: body.code, field: body.field }).toEqual({ status: 422, code: "invalid", field: "replyTo" });
    details.add(body.detail);
  }
  // What is elsewhere and what is nowhere look alike.
  expect(details.size).toBe(1);
  for (const replyTo of [gone, "first", "", crypto.randomUUID()]) {
    const { status, body } = await ana.call("POST", path, { text: "hm", replyTo });
    expect({ status, field: body.field }).toEqual({ status: 422, field: "replyTo" });
  }
  expect(await messages(ana, path)).toHaveLength(before);
});

test("a reply that was sent before is known again, also when what it answers is gone by now", async () => {
  const { ana, ben, first, path } = await roomOfTwo();
  const draft = { id: Bun.randomUUIDv7(), text: "yes", replyTo: first, resend: true };
  expect((await ben.call("POST", path, draft)).status).toBe(201);
  await ana.call("DELETE", `${path}/${first}`);
  expect((await ben.call("POST", path, draft)).status).toBe(200);
  expect((await ben.call("POST", path, { ...draft, id: Bun.randomUUIDv7() })).status).toBe(422);
});

test("a program replies by publish and by rpc, and everybody hears it with what it answers", async () => {
  const { ana, ben, room, first } = await roomOfTwo();
  const channel = `room:${room.id}`;
  const [listener, program] = [
    await connectProgram(gateway.url, { token: ana.token }),
    await connectProgram(gateway.url, { token: ben.token }),
  ];
  await listener.call({ subscribe: { channel } });
  expect((await program.call({ publish: { channel, data: { text: "one", replyTo: first } } })).error).toBeUndefined();
  const posted = { method: "message.post", data: { room: room.id, text: "two", replyTo: first } };
  expect((await program.call({ rpc: posted })).rpc.data.id).toBeString();
  await until(() => listener.publications(channel).length === 2, { what: "both replies" });
  for (const { data } of listener.publications(channel)) {
    expect(data.replyTo).toMatchObject({ id: first, author: { id: ana.id }, text: "first of all" });
  }
  const news = () => listener.publications(`user:${ana.id}`).filter(({ data }) => data.type === "mention");
  await until(() => news().length === 2, { what: "Ana to be told of both" });
  const refused = { method: "message.post", data: { room: room.id, text: "three", replyTo: Bun.randomUUIDv7() } };
  expect((await program.call({ rpc: refused })).error).toBeDefined();
  for (const one of [listener, program]) one.close();
});
