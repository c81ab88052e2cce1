/** People at real browsers on a real server: what they see of each other, through loss of network and server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { BrowserContextOptions } from "playwright-core";
import { freshName } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { together as gather, joinInBrowser, say, sees, shown, signUpInBrowser, waiting } from "../support/chat-page.ts";
import { until } from "../support/wait.ts";

/** As much of a running Superchat as the pages' tests need, in one process or many. */
export interface Deployment {
  readonly url: string;
  /** Ends everything that serves, with -9. */
  kill(): Promise<void>;
  /** Starts what was killed again, on the same address and data. */
  restart(): Promise<void>;
  stop(): Promise<unknown>;
}

const startMs = 120_000;
const testMs = 60_000;

export function chatSuite(where: string, open: () => Promise<Deployment>): void {
  describe(`chat, ${where}`, () => {
    const browser = useBrowser();
    let server: Deployment;
    beforeAll(async () => {
      server = await open();
    }, startMs);
    afterAll(async () => void (await server?.stop()), startMs);

    const signUp = (options: BrowserContextOptions = {}) => signUpInBrowser(browser, server.url, options);
    const together = (...people: Parameters<typeof gather> extends [string, ...infer P] ? P : never) =>
      gather(server.url, ...people);

    describe("two people", () => {
      test(
        "talk both ways, and each message stands once and in one order at both",
        async () => {
          const [ana, ben] = [await signUp(), await signUp()];
          await together(ana, ben);
          for (let n = 1; n <= 5; n++) {
            await say(ana.page, `ana ${n}`);
            await sees(ben.page, `ana ${n}`);
            await say(ben.page, `ben ${n}`);
            await sees(ana.page, `ben ${n}`);
          }
          const order = [1, 2, 3, 4, 5].flatMap((n) => [`ana ${n}`, `ben ${n}`]);
          expect(await shown(ana.page)).toEqual(order);
          expect(await shown(ben.page)).toEqual(order);
          expect(await waiting(ana.page)).toBe(0);
          expect([...ana.problems, ...ben.problems]).toEqual([]);
        },
        testMs,
      );

      test(
        "see each other come, type, and what is unread in another room",
        async () => {
          const [ana, ben] = [await signUp(), await signUp()];
          const slug = await together(ana, ben);
          // A signal that comes before the other page is connected is lost, so ben goes on typing.
          await until(
            async () => {
              await ben.page.locator("#text").pressSequentially("x");
              return (await ana.page.locator("#typing").innerText()).includes(ben.name);
            },
            { what: "typing", deadlineMs: 20_000 },
          );
          await until(() => ana.page.locator(`#people li:has-text("${ben.name}")`).count(), {
            deadlineMs: 10_000,
            what: "ben among the people",
          });
          await ben.page.goto(`${server.url}/rooms/lobby`);
          await say(ana.page, `hello @${ben.name}`);
          const row = ben.page.locator(`#rooms li:has(a[href="/rooms/${slug}"])`);
          await until(async () => (await row.locator(".badge.mention").textContent()) === "1", { what: "the badge" });
          expect(await ben.page.title()).toContain("(1)");
          await row.locator("a").click();
          await sees(ben.page, `hello @${ben.name}`);
          await until(
            async () => !(await ben.page.locator(`#rooms li:has(a[href="/rooms/${slug}"]) .badge.mention`).isVisible()),
            { what: "the badge to go" },
          );
        },
        testMs,
      );
    });

    test(
      "a second tab of one person shows the same and neither steals from the other",
      async () => {
        const ana = await signUp();
        const slug = await together(ana);
        const second = await ana.context.newPage();
        await second.goto(`${server.url}/rooms/${slug}`);
        await say(ana.page, "from the first");
        await sees(second, "from the first");
        await say(second, "from the second");
        await sees(ana.page, "from the second");
        expect(await shown(ana.page)).toEqual(["from the first", "from the second"]);
        expect(await shown(second)).toEqual(["from the first", "from the second"]);
      },
      testMs,
    );

    test(
      "a private room is nowhere to be seen for others until they are invited",
      async () => {
        const [ana, eve] = [await signUp(), await signUp()];
        const name = freshName("hidden");
        await ana.page.goto(`${server.url}/rooms`);
        await ana.page.click("details.create summary");
        await ana.page.fill("form[method=post][action='/rooms'] input[name=name]", name);
        await ana.page.check("input[name=visibility][value=private]");
        await ana.page.click("form[method=post][action='/rooms'] button");
        await ana.page.waitForSelector("#composer");
        const address = ana.page.url();
        await say(ana.page, "only for us");
        await eve.page.goto(`${server.url}/rooms?q=${name}`);
        expect(await eve.page.locator('a[href^="/rooms/hidden"]').count()).toBe(0);
        expect((await eve.page.goto(address))?.status()).toBe(404);
        await ana.page.goto(`${address}/people`);
        await ana.page.fill("form[action$='/invite'] input[name=name]", eve.name);
        await ana.page.click("form[action$='/invite'] button");
        await ana.page.waitForSelector(`text=${eve.name}`);
        expect((await eve.page.goto(address))?.status()).toBe(404);
        await eve.page.click("#rooms .waiting a");
        await eve.page.click("form[action$='/join'] button");
        await sees(eve.page, "only for us");
      },
      testMs,
    );

    describe("loss", () => {
      test(
        "three messages written offline arrive once and in order when the network is back",
        async () => {
          const [ana, ben] = [await signUp(), await signUp()];
          await together(ana, ben);
          await say(ana.page, "before");
          await sees(ben.page, "before");
          await ana.context.setOffline(true);
          for (const text of ["one", "two", "three"]) await say(ana.page, text);
          await until(async () => (await waiting(ana.page)) === 3, { what: "three waiting" });
          expect(await ana.page.locator("#status").textContent()).toMatch(/offline/i);
          await say(ben.page, "meanwhile");
          await sees(ben.page, "meanwhile");
          await ana.context.setOffline(false);
          await sees(ben.page, "one", "two", "three");
          await sees(ana.page, "one", "two", "three", "meanwhile");
          const order = ["before", "meanwhile", "one", "two", "three"];
          expect(await shown(ben.page)).toEqual(order);
          await until(async () => (await waiting(ana.page)) === 0, { what: "nothing waiting" });
          expect(await shown(ana.page)).toEqual(order);
        },
        testMs,
      );

      test(
        "a restarted server is picked up again, without loss, repeat or a new sign-in",
        async () => {
          const [ana, ben] = [await signUp(), await signUp()];
          await together(ana, ben);
          await say(ana.page, "before the restart");
          await sees(ben.page, "before the restart");
          await server.kill();
          await say(ana.page, "while it was down");
          await until(async () => /not sent yet/i.test((await ana.page.locator("#main").textContent()) ?? ""), {
            what: "not sent yet",
          });
          await server.restart();
          await sees(ben.page, "while it was down");
          await say(ben.page, "after the restart");
          // It reaches the other one first, now and then.
          for (const { page } of [ana, ben]) await sees(page, "after the restart");
          const order = ["before the restart", "while it was down", "after the restart"];
          expect(await shown(ana.page)).toEqual(order);
          expect(await shown(ben.page)).toEqual(order);
        },
        testMs,
      );

      test(
        "what is not sent yet outlives a reload",
        async () => {
          const [ana, ben] = [await signUp(), await signUp()];
          const slug = await together(ana, ben);
          await say(ben.page, "first");
          await sees(ana.page, "first");
          await server.kill();
          await say(ana.page, "kept one");
          await say(ana.page, "kept two");
          await until(async () => (await waiting(ana.page)) === 2, { what: "two waiting" });
          await server.restart();
          // The page is thrown away before it could send: only what was kept on disk is left.
          await ana.page.goto("about:blank");
          await ana.page.goto(`${server.url}/rooms/${slug}`);
          await sees(ben.page, "kept one", "kept two");
          await sees(ana.page, "kept one", "kept two");
          expect(await shown(ben.page)).toEqual(["first", "kept one", "kept two"]);
          expect(await shown(ana.page)).toEqual(["first", "kept one", "kept two"]);
        },
        testMs,
      );
    });

    test(
      "signing out everywhere takes every open page to the sign-in",
      async () => {
        const ana = await signUp();
        const second = await ana.context.newPage();
        await second.goto(`${server.url}/sessions`);
        await second.click("details:has(form[action='/sessions/revoke-all']) summary");
        await second.click("form[action='/sessions/revoke-all'] button");
        await ana.page.waitForURL(/\/sign-in|\/$/, { timeout: 5_000 });
      },
      testMs,
    );

    test(
      "without scripts one signs up, talks, pages back and signs out",
      async () => {
        const ana = await signUp({ javaScriptEnabled: false });
        const slug = await together(ana);
        for (const text of ["plain one", "plain two"]) {
          await ana.page.fill("#text", text);
          await ana.page.click("#composer button");
          await ana.page.waitForSelector(`text=${text}`);
        }
        expect(await shown(ana.page)).toEqual(["plain one", "plain two"]);
        const ben = await signUp();
        await joinInBrowser(ben.page, server.url, slug);
        await say(ben.page, "with scripts");
        await sees(ben.page, "with scripts");
        await ana.page.getByRole("link", { name: "Look for new messages" }).click();
        await ana.page.waitForSelector("text=with scripts");
        await ana.page.click("#sidebar .me summary");
        await ana.page.click("form[action='/sign-out'] button");
        await ana.page.waitForSelector("form[action='/sign-up']");
      },
      testMs,
    );

    test(
      "on a phone the room fills the screen, and rooms and people are a tap away",
      async () => {
        const ana = await signUp({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
        const slug = await together(ana);
        const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
        await ana.page.fill("#text", "from the phone");
        await ana.page.tap("#composer button");
        await sees(ana.page, "from the phone");
        const box = await ana.page.locator("#composer").boundingBox();
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(844);
        await ana.page.locator("a[href='#sidebar']").tap();
        await ana.page.locator(`#rooms a[href="/rooms/lobby"]`).tap();
        await ana.page.waitForURL("**/rooms/lobby");
        await ana.page.goto(`${server.url}/rooms/${slug}`);
        await ana.page.locator("a.members").tap();
        await ana.page.waitForURL(`**/rooms/${slug}/people`);
      },
      testMs,
    );
  });
}
