/** What the sender of a message request may do with it until it is accepted. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => await gateway.close());

/** To somebody they share nothing with but the lobby, with one message in it. */
async function request() {
  const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const { room } = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body;
  await ana.post(room.id, "hello, stranger");
  return { ana, ben, id: room.id as string };
}

test("a message request can be deleted but not edited by its sender, declined or not, until it is accepted", async () => {
  const { ana, ben, id } = await request();
  const [first] = (await ana.get(`/rooms/${id}/messages`)).body.items;
  const path = `/rooms/${id}/messages/${first.id}`;
  const edit = async (text: string) => await ana.call("PATCH", path, { text });
  const refused = await edit("something else");
  expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
  await ben.call("DELETE", `/rooms/${id}/members/me`);
  const { status, body } = await edit("something else");
  expect([status, body.detail]).toEqual([403, refused.body.detail]);
  expect((await ben.get(path)).body.message.text).toBe("hello, stranger");
  await ben.call("PUT", `/rooms/${id}/members/me`);
  expect((await edit("something else")).status).toBe(200);
  const other = await request();
  const [gone] = (await other.ana.get(`/rooms/${other.id}/messages`)).body.items;
  expect((await other.ana.call("DELETE", `/rooms/${other.id}/messages/${gone.id}`)).status).toBe(204);
});
