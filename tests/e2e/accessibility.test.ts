/** axe finds nothing on any page, in light and dark, wide and narrow; and a keyboard alone is enough. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { signInInBrowser } from "../support/chat-page.ts";
import { type StandaloneServer, startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const browser = useBrowser();
const startMs = 60_000;
const testMs = 120_000;
let server: StandaloneServer;
let paths: string[];
const name = freshName("axe");

beforeAll(async () => {
  server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });
  const ana = await signUpPerson(server.url, name);
  const ben = await signUpPerson(server.url);
  const room = await ana.createRoom(freshName("long"));
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  for (let n = 0; n < 60; n++)
    await (n % 3 ? ana : ben).post(room.id, `line ${n} **bold** \`code\` https://example.org`);
  await ben.post(
    room.id,
    `@${name} look\n\n\`\`\`ts\nconst answer: number = 42; // comment\n\`\`\`\n\n> quote\n\n- list\n\n| a | b |\n|---|---|\n| 1 | 2 |`,
  );
  const mine = await ana.post(room.id, "mine");
  for (const who of [ana, ben]) {
    await who.call("PUT", `/rooms/${room.id}/messages/${mine}/reactions/${encodeURIComponent("👍")}`);
  }
  await ben.call("PUT", `/rooms/${room.id}/messages/${mine}/reactions/${encodeURIComponent("🎉")}`);
  await ben.call("POST", `/rooms/${room.id}/messages`, { text: "an answer", replyTo: mine });
  const hidden = await ana.createRoom(freshName("hidden"), "private");
  const other = await ben.createRoom(freshName("other"));
  const direct = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body.room;
  const eve = await signUpPerson(server.url);
  const asked = (await eve.call("POST", "/rooms/direct", { userIds: [ana.id] })).body.room;
  await eve.post(asked.id, "hello, stranger");
  await ben.call("PUT", `/rooms/${other.id}/members/${ana.id}`);
  paths = [
    `/rooms/${room.slug}`,
    `/rooms/${room.slug}?before=30`,
    `/rooms/${room.slug}?at=20`,
    `/rooms/${room.slug}/people`,
    `/rooms/${room.slug}/messages/${mine}`,
    `/rooms/${hidden.slug}`,
    `/rooms/${other.slug}`,
    `/rooms/${direct.slug}`,
    "/rooms/lobby",
    "/rooms",
    "/rooms?q=nothing-like-this",
    "/rooms?new=book+club",
    "/requests",
    `/rooms/${asked.slug}`,
    "/people",
    "/sessions",
    "/tokens",
    "/api/docs",
    "/nothing-here",
  ];
}, startMs);
afterAll(async () => void (await server?.stop()), startMs);

async function violations(page: Page): Promise<string[]> {
  // The policy forbids inline script, so axe comes in through the debugger.
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ["violations"],
    });
    return found.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
    );
  });
}

const signIn = (page: Page) => signInInBrowser(page, server.url, name);

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test(
      `axe finds nothing, ${colorScheme}, ${viewport.width} wide`,
      async () => {
        const { page, close } = await browser.newPerson({ colorScheme, viewport, reducedMotion: "reduce" });
        for (const path of ["/", "/sign-in", "/sign-up", "/api/docs"]) {
          await page.goto(`${server.url}${path}`);
          expect([path, ...(await violations(page))]).toEqual([path]);
        }
        await page.goto(`${server.url}/sign-in`);
        await page.fill("input[name=name]", name);
        await page.fill("input[name=password]", "not the password");
        await page.press("input[name=password]", "Enter");
        await page.waitForSelector("text=don't belong together");
        expect(await violations(page)).toEqual([]);
        await signIn(page);
        for (const path of paths) {
          await page.goto(`${server.url}${path}`);
          await page.waitForLoadState("load");
          expect([path, ...(await violations(page))]).toEqual([path]);
        }
        await page.goto(`${server.url}${paths[0]}`);
        await page.locator("#log .mine").last().locator(".at").focus();
        await page.locator("#message-menu").getByRole("button", { name: "More emoji" }).press("Enter");
        expect(["the menu", ...(await violations(page))]).toEqual(["the menu"]);
        await page.locator("#log .quote").last().focus();
        await page.keyboard.press("r");
        await page.locator("#replying").waitFor();
        expect(["the chip", ...(await violations(page))]).toEqual(["the chip"]);
        await page.locator("#log .mine").last().locator(".at").focus();
        await page.locator("#message-menu").getByRole("button", { name: "Edit" }).press("Enter");
        await page.locator(".edit textarea").waitFor();
        expect(["the form", ...(await violations(page))]).toEqual(["the form"]);
        await close();
      },
      testMs,
    );
  }
}

test(
  "a keyboard alone signs in, skips to the content, searches rooms and sends",
  async () => {
    const { page, problems, close } = await browser.newPerson();
    await signIn(page);
    await page.goto(`${server.url}/rooms`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Skip to content");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(outline).not.toBe("none");
    await page.keyboard.press("Enter");
    await page.keyboard.press("/");
    await until(async () => (await page.evaluate(() => document.activeElement?.getAttribute("type"))) === "search", {
      what: "the search field",
    });
    await page.goto(`${server.url}/rooms/lobby`);
    await page.focus("#text");
    await page.keyboard.type("by keyboard");
    await page.keyboard.press("Enter");
    await until(async () => (await page.locator("#log .message .text").allInnerTexts()).includes("by keyboard"), {
      what: "the message",
    });
    expect(problems).toEqual([]);
    await close();
  },
  testMs,
);

test(
  "a new message of somebody else is announced in the live region",
  async () => {
    const { page, close } = await browser.newPerson();
    await signIn(page);
    await page.waitForFunction(() => document.querySelector("#room")?.getAttribute("data-live") === "true");
    const ben = await signUpPerson(server.url);
    await ben.post("lobby", "hear this");
    await until(async () => (await page.locator("#announcer").textContent())?.includes("hear this"), {
      deadlineMs: 10_000,
      what: "the announcement",
    });
    await close();
  },
  testMs,
);
