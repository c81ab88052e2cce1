/** Pages of a room whose stream was lost: what is written next is shown at once, after what was there before, and once. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { useBrowser } from "../support/browser.ts";
import { say, sees, shown, signUpInBrowser, together } from "../support/chat-page.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";

const startMs = 180_000;
const testMs = 120_000;
const losses = 3;

const browser = useBrowser();
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

test(
  "after Redis has lost everything, the next message is seen by whoever is in the room",
  async () => {
    const [ana, ben] = [await signUpInBrowser(browser, cluster.url), await signUpInBrowser(browser, cluster.url)];
    await together(cluster.url, ana, ben);
    const said = ["before"];
    await say(ana.page, "before");
    await sees(ben.page, "before");
    const [redis] = await cluster.processes("redis");
    for (let n = 1; n <= losses; n++) {
      await cluster.kill(redis?.name ?? "");
      await cluster.start(redis?.name ?? "");
      const text = `after loss ${n}`;
      said.push(text);
      await say(n % 2 === 0 ? ben.page : ana.page, text);
      for (const { page } of [ana, ben]) {
        await sees(page, text);
        expect(await shown(page)).toEqual(said);
      }
    }
  },
  testMs,
);
