/** What one person lets a gateway render takes turns with everything else that it has to do. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { renderMessageText } from "#views/message-text.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, lookAt } from "../support/live-page.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

/** As many as fill a page. */
const messages = 11;
const piece = "https://é.б/www.a.comZ:a\\*";
/** Costs as much as a text may, and has been rendered by nobody. */
const heavy = () => `${piece.repeat(Math.floor((maxTextBytes - 40) / Buffer.byteLength(piece)))}${crypto.randomUUID()}`;

/** Of this thread, in milliseconds: whatever else the machine has to do. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The most that was done while nothing else had its turn, in milliseconds. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let [longest, last, done] = [0, cpuMs(), false];
  const look = () => {
    const now = cpuMs();
    [longest, last] = [Math.max(longest, now - last), now];
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await work();
  done = true;
  look();
  return longest;
}

/** What it costs to render a page of them, in milliseconds, once the code for it is warm. */
function costOfAll(): number {
  return Math.min(...[1, 2, 3, 4].map(costOnce));
}

function costOnce(): number {
  const texts = Array.from({ length: messages }, heavy);
  const since = cpuMs();
  for (const text of texts) renderMessageText({ text, mentions: [], named: [] });
  return cpuMs() - since;
}

async function heavyRoom(pages: number) {
  const who = await signUpPerson(gateway.url);
  const room = await who.createRoom(`heavy ${who.name}`);
  for (let n = 0; n < pages * messages; n++) await who.post(room.id, heavy());
  return { who, room };
}

test("pages of large messages that one person asks for at once are rendered with pauses", async () => {
  const { who, room } = await heavyRoom(3);
  costOfAll();
  const visit = async (query: string) => {
    const response = await fetch(`${gateway.url}/rooms/${room.slug}${query}`, { headers: { cookie: cookieOf(who) } });
    expect(await response.text()).toContain('class="message');
    return response.status;
  };
  const pages = ["", `?before=${2 + 2 * messages}`, `?before=${2 + messages}`];
  let statuses: number[] = [];
  const pause = await longestPause(async () => {
    statuses = await Promise.all(pages.map(visit));
  });
  expect(statuses).toEqual(pages.map(() => 200));
  expect(pause).toBeLessThan(costOfAll());
}, 30_000);

test("a page that comes back to large messages, and to large edits, is told them with pauses", async () => {
  const { who, room } = await heavyRoom(1);
  const posted = (await who.get(`/rooms/${room.id}/messages`)).body.items;
  for (const { id } of posted) await who.call("PATCH", `/rooms/${room.id}/messages/${id}`, { text: heavy() });
  costOfAll();
  const pause = await longestPause(async () => {
    const page = await lookAt(gateway.url, who, room, 2);
    expect(page.offsets()).toEqual(Array.from({ length: 2 * posted.length }, (_, n) => n + 3));
    page.close();
  });
  expect(pause).toBeLessThan(costOfAll());
}, 30_000);
