/** Messages that change after they were posted: for those who look, for those who come later, and for programs. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { deleteMessage, editMessage } from "#domain/change-message.ts";
import { isChatError } from "#domain/errors.ts";
import type { EventId, UserId } from "#domain/ids.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { lookAt } from "../support/live-page.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const roomOfTwo = () => openRoomOfTwo(gateway.url);

const authorOf = ({ id, name }: { id: string; name: string }) => ({ id: id as UserId, name });

test("an edit and a deletion reach pages as a change of the message, and whoever reads later", async () => {
  const { ana, ben, room } = await roomOfTwo();
  const posted = (await ana.post(room.id, "frist")) as EventId;
  const ref = { room: room.id, message: posted };
  const page = await lookAt(gateway.url, ben, room);
  await editMessage(gateway.ports, authorOf(ana), ref, "first, **really**");
  const edited = await page.frame(({ changes }) => changes !== undefined);
  expect(edited).toMatchObject({ content: "", changes: [{ id: posted, author: ana.id }] });
  expect(edited.changes[0].html).toContain("<strong>really</strong>");
  const { body } = await ben.get(`/rooms/${room.id}/messages`);
  expect(body.items.at(-1)).toMatchObject({ id: posted, text: "first, **really**", editedAt: expect.any(String) });
  await deleteMessage(gateway.ports, authorOf(ana), ref);
  await deleteMessage(gateway.ports, authorOf(ana), ref);
  expect((await ben.get(`/rooms/${room.id}/messages`)).body.items.at(-1)).toMatchObject({ text: "", deleted: true });
  const events = (await ben.get(`/rooms/${room.id}/events`)).body.items.map(({ type }: { type: string }) => type);
  expect(events.slice(-3)).toEqual(["message.posted", "message.edited", "message.deleted"]);
});

test("a page that comes back gets changes of what it shows, and shows what it missed as it reads now", async () => {
  const { ana, ben, room } = await roomOfTwo();
  const shown = (await ana.post(room.id, "shown")) as EventId;
  const { offset } = (await ben.get(`/rooms/${room.id}`)).body.room;
  const missed = (await ana.post(room.id, "missed")) as EventId;
  for (const message of [shown, missed])
    await editMessage(gateway.ports, authorOf(ana), { room: room.id, message }, `edited ${message}`);
  const page = await lookAt(gateway.url, ben, room, offset);
  const { content, changes } = await page.frame(({ run }) => run !== undefined);
  expect(content).toContain(`edited ${missed}`);
  expect(content).not.toContain(">missed<");
  expect(changes.map(({ id }: { id: string }) => id).sort()).toEqual([shown, missed].sort());
});

test("nobody changes another's message, from outside, or what is not there", async () => {
  const { ana, ben, room } = await roomOfTwo();
  const message = (await ana.post(room.id, "mine")) as EventId;
  const stranger = await signUpPerson(gateway.url);
  const none = Bun.randomUUIDv7() as EventId;
  const refused = async (who: typeof ana, id: EventId, text = "x") => {
    try {
      await editMessage(gateway.ports, authorOf(who), { room: room.id, message: id }, text);
    } catch (error) {
      return isChatError(error) ? error.code : error;
    }
  };
  expect(await refused(ben, message)).toBe("forbidden");
  expect(await refused(stranger, message)).toBe("forbidden");
  expect(await refused(ana, none)).toBe("not-found");
  expect(await refused(ana, message, " ")).toBe("invalid");
  expect((await ana.get(`/rooms/${room.id}/messages`)).body.items.at(-1)).toMatchObject({ text: "mine" });
});
