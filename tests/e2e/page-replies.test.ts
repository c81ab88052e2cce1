/** Quotes in the page, by a scripted server: what comes between two paints, and what only its author may change. */
import { expect, test } from "bun:test";
import { TEST_MAX_MS, until, usePage } from "./page-code-harness.ts";
import { EPOCH, ROOM } from "./page-code-server.ts";

const it = usePage();

const quotes = () => it.page.$$eval("#log .quote", (found) => found.map((quote) => quote.textContent));

const reply = (offset: number, to: { offset: number; id: string }) =>
  `<li class="message" id="m-${offset}" data-offset="${offset}" data-id="r-${offset}" data-author="u-bo" data-at="${new Date().toISOString()}">` +
  `<bdi class="author">bo</bdi> <a class="quote" href="?at=${to.offset}#m-${to.offset}" data-quote="${to.id}">` +
  `<bdi class="quote-author">ana</bdi> <span class="quote-text">as it was</span></a><div class="text">reply ${offset}</div></li>`;

/** A frame of one event, so that the positions go on. */
const frame = (offset: number, more: object) => ({
  run: { room: ROOM, epoch: EPOCH, from: offset, to: offset },
  ...more,
});

const edit = (id: string, author: string, excerpt: string) => ({
  content: "",
  changes: [{ id, author, html: `<div class="text">${excerpt}</div>`, excerpt }],
});

test(
  "an edit that comes while the reply waits for its paint reaches the reply's quote",
  async () => {
    const asked = it.server.append("as it was");
    await until(async () => (await it.page.$("#m-1")) !== null);
    it.server.beSilent(true);
    // As in a tab that does not paint.
    await it.page.evaluate(() => {
      window.requestAnimationFrame = () => 0;
    });
    it.server.send(frame(2, { content: reply(2, asked) }));
    it.server.send(frame(3, edit(asked.id, asked.author, "once edited")));
    it.server.send(frame(4, edit(asked.id, asked.author, "as it is")));
    await until(async () => (await quotes()).length === 1);
    await it.shows(["as it is", "reply 2"]);
    expect(await quotes()).toEqual(["ana as it is"]);
  },
  TEST_MAX_MS,
);

test(
  "only the author's change reaches quotes; a deletion takes a quote's words, and with the reply its quote",
  async () => {
    const asked = it.server.append("as it was");
    await until(async () => (await it.page.$("#m-1")) !== null);
    it.server.beSilent(true);
    it.server.send(frame(2, { content: reply(2, asked) }));
    await until(async () => (await quotes()).length === 1);
    it.server.send(frame(3, edit(asked.id, "u-eve", "forged")));
    const gone = {
      id: asked.id,
      author: asked.author,
      html: '<div class="text deleted">This message was deleted.</div>',
    };
    it.server.send(frame(4, { content: reply(4, asked) }));
    await until(async () => (await quotes()).length === 2);
    expect(await quotes()).toEqual(["ana as it was", "ana as it was"]);
    it.server.send(frame(5, { content: "", changes: [gone] }));
    await until(async () => (await quotes())[1] === "ana message deleted");
    expect(await it.page.getAttribute("#log .quote", "class")).toBe("quote gone");
    // What names its reader is marked; once deleted it names nobody.
    await it.page.$eval('[data-id="r-2"]', (entry) => {
      entry.classList.add("mentioned");
      entry.setAttribute("data-mentions", "u-me");
    });
    it.server.send(frame(6, { content: "", changes: [{ ...gone, id: "r-2", author: "u-bo" }] }));
    await until(async () => (await quotes()).length === 1);
    expect(await it.page.$$("[data-id=r-2]:is(.mentioned, [data-mentions])")).toEqual([]);
    await it.shows(["This message was deleted.", "This message was deleted.", "reply 4"]);
  },
  TEST_MAX_MS,
);

test(
  "a reply that was on its way while what it answers was changed quotes that as it is",
  async () => {
    const [kept, gone] = [it.server.append("kept"), it.server.append("gone")];
    await until(async () => (await it.page.$("#m-2")) !== null);
    it.server.beSilent(true);
    it.server.send(frame(3, edit(kept.id, kept.author, "as it is")));
    it.server.send(frame(4, { content: "", changes: [{ ...gone, html: '<div class="text deleted">Gone.</div>' }] }));
    await it.shows(["as it is", "Gone."]);
    it.server.send(frame(5, { content: reply(5, kept) }));
    it.server.send(frame(6, { content: reply(6, gone) }));
    await until(async () => (await quotes()).length === 2);
    expect(await quotes()).toEqual(["ana as it is", "ana message deleted"]);
  },
  TEST_MAX_MS,
);

test(
  "a quote is kept with what waits to be sent, and given back for editing",
  async () => {
    const asked = it.server.append("who comes?");
    await until(async () => (await it.page.$("#m-1")) !== null);
    await it.page.$eval("#m-1 time", (time) => {
      time.tabIndex = 0;
      time.focus();
    });
    it.server.answerWith(() => ({ code: "forbidden", sentence: "Not now." }));
    await it.page.keyboard.press("r");
    await it.write("I do");
    await it.page.getByRole("button", { name: "Edit" }).click();
    await until(async () => (await it.page.inputValue("#text")) === "I do");
    expect(await it.page.inputValue("#replying [name=replyTo]")).toBe(asked.id);
    it.server.answerWith(() => "ack");
    await it.page.press("#text", "Enter");
    await it.shows(["who comes?", "I do"]);
    expect(it.server.posts.map(({ replyTo }) => replyTo)).toEqual([asked.id, asked.id]);
    expect(await it.page.$("#replying")).toBeNull();
  },
  TEST_MAX_MS,
);
