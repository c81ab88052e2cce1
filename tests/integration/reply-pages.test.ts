/** Replies at the pages' own socket and forms: what is shown of them, what follows a change, and what comes back when refused. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { freshName } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { lookAt } from "../support/live-page.ts";
import { signUpAtPage } from "../support/page-person.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const roomOfTwo = () => openRoomOfTwo(gateway.url, "<b>who</b> comes?");

const id = () => Bun.randomUUIDv7();

test("a page posts a reply, and everybody's shows what it answers", async () => {
  const { ana, ben, room, first: asked } = await roomOfTwo();
  const [page, other] = [await lookAt(gateway.url, ben, room), await lookAt(gateway.url, ana, room)];
  const post = { id: id(), room: room.id, text: "I do" };
  page.send({ post: { ...post, replyTo: asked } });
  await page.frame(({ ack }) => ack?.id === post.id, "the ack");
  const { content } = await other.frame(({ run }) => run !== undefined, "the reply");
  expect(content).toContain(`data-quote="${asked}"><bdi class="quote-author">${ana.name}</bdi>`);
  expect(content).toContain(
    '<span class="quote-text" dir="auto">&lt;b&gt;who&lt;/b&gt; comes?</span></a><div class="text"',
  );
  // The same again, as an outbox does after a lost ack.
  page.send({ post: { ...post, replyTo: asked, resend: true } });
  await page.frame(
    (frame) => page.frames.filter(({ ack }) => ack?.id === post.id).length === 2 && !!frame,
    "both acks",
  );
  expect(
    (await ben.get(`/rooms/${room.id}/messages`)).body.items.filter((each: { id: string }) => each.id === post.id),
  ).toHaveLength(1);
});

test("a change brings what its quotes say now", async () => {
  const { ana, ben, room, first: asked, path } = await roomOfTwo();
  const page = await lookAt(gateway.url, ben, room);
  await ana.call("PATCH", `${path}/${asked}`, { text: `who\n${"really ".repeat(40)}comes?` });
  const { changes } = await page.frame((frame) => frame.changes !== undefined, "the edit");
  expect(changes[0].excerpt).toStartWith("who really really");
  expect([...changes[0].excerpt]).toHaveLength(140);
  await ana.call("DELETE", `${path}/${asked}`);
  const gone = await page.frame((frame) => frame.changes?.[0].html.includes("deleted"), "the deletion");
  expect(gone.changes[0]).not.toHaveProperty("excerpt");
});

test("what can't be answered is refused by its field, and nothing is posted", async () => {
  const { ana, ben, room, first: asked, path } = await roomOfTwo();
  const elsewhere = await ana.createRoom(freshName("other"), "private");
  const foreign = await ana.post(elsewhere.id, "secret");
  await ana.call("DELETE", `${path}/${asked}`);
  const page = await lookAt(gateway.url, ben, room);
  for (const replyTo of [asked, foreign, id(), "no-id"]) {
    const post = { id: id(), room: room.id, text: "I do", replyTo };
    page.send({ post });
    const { refused } = await page.frame((frame) => frame.refused?.id === post.id, "the refusal");
    expect(refused).toMatchObject({ code: "invalid", field: "replyTo" });
    expect(refused.sentence).not.toContain("secret");
  }
  expect(page.html()).not.toContain("I do");
  // The same id goes without the quote.
  const { refused } = page.frames.find((frame) => frame.refused) ?? {};
  page.send({ post: { id: refused.id, room: room.id, text: "I do" } });
  await page.frame(({ ack }) => ack?.id === refused.id, "the ack");
});

test("without scripts a message's page has a form, and what is refused comes back whole", async () => {
  const { ana, room, first: asked, path } = await roomOfTwo();
  const plain = await signUpAtPage(gateway.url);
  await plain.submit(await plain.visit(`/rooms/${room.slug}`), `/rooms/${room.slug}/join`);
  const page = await plain.visit(`/rooms/${room.slug}/messages/${asked}`);
  const action = `/rooms/${room.slug}/messages`;
  const refused = await plain.submit(page, action, { text: "x".repeat(16_385) });
  expect([refused.status, refused.html.includes("x".repeat(16_385))]).toEqual([413, true]);
  expect(refused.html).toMatch(
    new RegExp(`<input id="reply-to" type="checkbox" name="replyTo" value="${asked}" checked`),
  );
  const posted = await plain.submit(page, action, { text: "it works" });
  expect(posted.status).toBe(200);
  expect(posted.html).toContain(`data-quote="${asked}"`);
  // The same form once more is the same message.
  await plain.submit(page, action, { text: "it works" });
  const items = (await ana.get(path)).body.items;
  expect(items.filter(({ text }: { text: string }) => text === "it works")).toMatchObject([{ replyTo: { id: asked } }]);
  const late = await plain.visit(`/rooms/${room.slug}/messages/${asked}`);
  await ana.call("DELETE", `${path}/${asked}`);
  const gone = await plain.submit(late, action, { text: "too late" });
  expect([gone.status, gone.html.includes(">too late</textarea>")]).toEqual([422, true]);
  expect(gone.html).toMatch(/<input id="reply-to"[^>]* disabled/);
  const strange = await plain.submit(late, action, { text: "hm", replyTo: "no-id" });
  expect([strange.status, strange.html.includes("reply-to")]).toEqual([422, false]);
  expect((await plain.visit(`/rooms/${room.slug}/messages/${asked}`)).html).not.toContain("replyTo");
});
