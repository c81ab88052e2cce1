/** What is unread, for those who look elsewhere: less when messages are deleted or name somebody no more, with no work per reader. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomId, UserId } from "#domain/ids.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, openLive } from "../support/live-page.ts";
import type { TestPorts } from "../support/ports.ts";
import { connectProgram } from "../support/program.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";
import { until } from "../support/wait.ts";

const calls = { find: 0, readState: 0 };
const counting = (ports: TestPorts): TestPorts => ({
  ...ports,
  events: {
    ...ports.events,
    find(id) {
      calls.find += 1;
      return ports.events.find(id);
    },
  },
  rooms: {
    ...ports.rooms,
    readState(room, user) {
      calls.readState += 1;
      return ports.rooms.readState(room, user);
    },
  },
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ between: counting });
});
afterAll(() => gateway.close());

/** Ben at a page that shows no room. */
async function elsewhere() {
  const { ana, ben, room } = await openRoomOfTwo(gateway.url);
  const { offset } = (await ben.get(`/rooms/${room.id}`)).body.room;
  await gateway.ports.rooms.markRead(room.id as RoomId, ben.id as UserId, offset);
  const open = async () => {
    const page = await openLive(gateway.url, { cookie: cookieOf(ben) });
    await page.frame(({ unread }) => unread !== undefined, "the counts");
    return page;
  };
  const path = (id: string) => `/rooms/${room.id}/messages/${id}`;
  return { ana, ben, room, open, path };
}

const mine = async (ben: { get(path: string): Promise<{ body: { items: { id: string }[] } }> }, room: { id: string }) =>
  (await ben.get("/rooms?mine=true")).body.items.find(({ id }) => id === room.id) as unknown as Record<string, number>;

test("a deletion and an edit of what was just posted are told with their place, before anything is looked up", async () => {
  const { ana, ben, room, open, path } = await elsewhere();
  const page = await open();
  const id = await ana.post(room.id, `hello @${ben.name}`);
  const { activity } = await page.frame(({ activity }) => activity?.messages.length > 0);
  const [offset] = activity.messages[0];
  const before = calls.find;
  await ana.call("PATCH", path(id), { text: "hello" });
  const looked = calls.find;
  const edit = await page.frame(({ activity }) => activity?.revised?.[0]?.[4] === false);
  expect(edit.activity).toMatchObject({ messages: [], revised: [[offset + 1, offset, ana.id, [], false]] });
  await ana.call("DELETE", path(id));
  const deletion = await page.frame(({ activity }) => activity?.revised?.[0]?.[4] === true);
  expect(deletion.activity.revised).toEqual([[offset + 2, offset, ana.id, [], true]]);
  // The calls themselves ask where the message is.
  expect(calls.find - before).toBe(2 * (looked - before));
  expect(await mine(ben, room)).toMatchObject({ unread: 0, mentions: 0 });
});

test("of an older message the place is read once, whoever many look; each page may have its count again", async () => {
  const { ana, room, open, path } = await elsewhere();
  const ids = [await ana.post(room.id, "one"), await ana.post(room.id, "two")];
  // Nobody followed the room when they were posted.
  const pages = await Promise.all([open(), open(), open()]);
  for (let n = 0; n < 2; n++) await ana.post(room.id, "more");
  const found = calls.find;
  await ana.call("DELETE", path(ids[0] ?? ""));
  for (const page of pages) await page.frame(({ activity }) => activity?.revised?.[0]?.[4] === true);
  // By the call itself, and by the hub.
  expect(calls.find - found).toBe(2);
  const before = calls.readState;
  pages[0]?.send({ recount: { room: room.id } });
  const counted = () =>
    pages[0]?.frames.filter(({ unread }) => unread?.length === 1 && unread[0].room === room.id) ?? [];
  await until(() => counted().length > 0, { what: "the count" });
  expect(counted()[0]?.unread[0]).toMatchObject({ unread: 3, mentions: 0 });
  expect(calls.readState - before).toBe(1);
  pages[1]?.send({ recount: { room: "elsewhere" } });
  pages[1]?.send({ recount: { room: room.id } });
  await until(() => pages[1]?.frames.some(({ unread }) => unread?.length === 1), { what: "the count" });
  expect(calls.readState - before).toBe(2);
});

test("a program hears that it is named no more", async () => {
  const { ana, ben, room, open, path } = await elsewhere();
  await open();
  const program = await connectProgram(gateway.url, { token: ben.token });
  const news = (type: string) =>
    until(() => program.publications(`user:${ben.id}`).find(({ data }) => data.type === type)?.data, { what: type });
  const first = await ana.post(room.id, `@${ben.name} one`);
  const { offset } = await news("mention");
  await ana.call("DELETE", path(first));
  expect(await news("mention-removed")).toEqual({ type: "mention-removed", room: room.id, offset, id: first });
});

test("reactions, answers that grow and one's own messages are not counted", async () => {
  const { ana, ben, room, path } = await elsewhere();
  const id = await ana.post(room.id, "one");
  await ben.post(room.id, "own");
  await ana.call("PUT", `${path(id)}/reactions/%F0%9F%91%8D`);
  await ana.call("PATCH", path(id), { text: "one, edited" });
  expect(await mine(ben, room)).toMatchObject({ unread: 1, mentions: 0 });
});
