/** Answers and pages of large messages are bounded in bytes, and page by page they are complete, both ways. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { maxAnswerBytes, maxEventPage, maxPageSize } from "#gateway/api/query.ts";
import { maxTimelineBytes, maxTimelineHtmlBytes } from "#gateway/timeline-view.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf } from "../support/live-page.ts";

let gateway: TestGateway;
let ana: ApiPerson;
let room: { id: string; slug: string };
const messages = 200;
const startMs = 30_000;

beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
  room = await ana.createRoom(freshName("large"));
  // Links are several times as long as HTML.
  const links = "http://a.example/b ".repeat(maxTextBytes / 20);
  for (let n = 0; n < messages; n++) await ana.post(room.id, n % 10 < 8 ? `${n} ${links}` : `short ${n}`);
}, startMs);
afterAll(() => gateway.close());

/** With JSON's own signs and the message that fills it. */
const most = 1.1 * maxAnswerBytes + 2 * maxTextBytes;
const offsets = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test("events come in answers of a bounded size, and go on where the last one ended", async () => {
  const seen: number[] = [];
  let answers = 0;
  for (let after: number | null = 0; after !== null; answers++) {
    const { body } = await ana.get(`/rooms/${room.id}/events?after=${after}&limit=${maxEventPage}`);
    expect(JSON.stringify(body).length).toBeLessThan(most);
    seen.push(...body.items.map(({ offset }: { offset: number }) => offset));
    after = body.next;
  }
  expect(answers).toBeGreaterThan(2);
  expect(seen).toEqual(offsets(1, messages + 2));
});

test("messages come in answers of a bounded size, and go on where the last one ended", async () => {
  const seen: number[] = [];
  let answers = 0;
  for (let before = ""; ; answers++) {
    const { body } = await ana.get(`/rooms/${room.id}/messages?limit=${maxPageSize}${before}`);
    expect(JSON.stringify(body).length).toBeLessThan(most);
    seen.unshift(...body.items.map(({ offset }: { offset: number }) => offset));
    if (body.next === null) break;
    before = `&before=${body.next}`;
  }
  expect(answers).toBeGreaterThan(1);
  expect(seen).toEqual(offsets(3, messages + 2));
});

async function pageAt(query: string, slug = room.slug) {
  const answer = await fetch(`${gateway.url}/rooms/${slug}${query}`, { headers: { cookie: cookieOf(ana) } });
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(html.length).toBeLessThan(1.5 * maxTimelineHtmlBytes);
  const link = (name: string) => new RegExp(`href="([^"]*[?&]${name}=\\d+[^"]*)"`).exec(html)?.[1];
  return { shown: [...html.matchAll(/id="m-(\d+)"/g)].map(([, offset]) => Number(offset)), html, link };
}

test("a room's page is bounded, and older pages together show everything once, in order", async () => {
  const seen: number[] = [];
  for (let query: string | undefined = ""; query !== undefined; ) {
    const { shown, link } = await pageAt(query);
    seen.unshift(...shown);
    query = link("before")
      ?.replace(/^[^?]*/, "")
      .replace(/#.*$/, "");
  }
  expect(seen).toEqual(offsets(1, messages + 2));
});

test("newer pages together show everything, too, and the last is the newest", async () => {
  const seen = new Set<number>();
  let last: readonly number[] = [];
  for (let query: string | undefined = "?after=0"; query !== undefined; ) {
    const { shown, link } = await pageAt(query);
    for (const offset of shown) seen.add(offset);
    last = shown;
    query = link("after")
      ?.replace(/^[^?]*/, "")
      .replace(/#.*$/, "");
  }
  expect([...seen].sort((one, other) => one - other)).toEqual(offsets(1, messages + 2));
  expect(last.at(-1)).toBe(messages + 2);
});

test("a page of plain text is bounded by what was sent, and the one before goes on where it begins", async () => {
  const plain = await ana.createRoom(freshName("plain"));
  const count = 40;
  for (let n = 0; n < count; n++) await ana.post(plain.id, "x".repeat(maxTextBytes));
  const most = Math.ceil(maxTimelineBytes / maxTextBytes);
  const { shown, link } = await pageAt("", plain.slug);
  expect(shown.length).toBeLessThanOrEqual(most);
  expect(shown.length).toBeGreaterThan(most / 2);
  expect(shown).toEqual(offsets(count + 3 - shown.length, count + 2));
  const older = await pageAt(link("before")?.replace(/^[^?]*|#.*$/g, "") ?? "", plain.slug);
  expect(older.shown.length).toBeLessThanOrEqual(most);
  expect(older.shown.at(-1)).toBe((shown[0] ?? 0) - 1);
});

test("a link to a message leads to a page that has it, wherever it is", async () => {
  for (const offset of [3, 4, 57, 100, 150, messages + 1, messages + 2]) {
    expect((await pageAt(`?at=${offset}`)).shown).toContain(offset);
  }
});
