/** Pages while a gateway is frozen: whoever was on it moves to another and misses nothing, and whoever comes notices nothing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { joinInBrowser, say, sees, shown, signUpInBrowser, together } from "../support/chat-page.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { until } from "../support/wait.ts";

const startMs = 180_000;
const testMs = 180_000;
/** The page's watchdog, its next look, and a moment to connect. */
const movesWithinMs = 45_000 + 5_000 + 10_000;

const browser = useBrowser();
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ env: { LOG_LEVEL: "debug" } });
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

test(
  "a page on a frozen gateway moves to another within the heartbeat and misses nothing; new pages work meanwhile",
  async () => {
    const [ana, ben] = [await signUpInBrowser(browser, cluster.url), await signUpInBrowser(browser, cluster.url)];
    const slug = await together(cluster.url, ana, ben);
    await say(ana.page, "before");
    for (const { page } of [ana, ben]) await sees(page, "before");
    const said = ["before"];

    const frozen = await gatewayOf(ana.page, "while all is well");
    said.push("while all is well");
    for (const { page } of [ana, ben]) await sees(page, ...said);
    await cluster.kill(frozen, "SIGSTOP");
    const frozenAt = performance.now();
    try {
      const eve = await signUpInBrowser(browser, cluster.url);
      await joinInBrowser(eve.page, cluster.url, slug);
      said.push("from a new page");
      await say(eve.page, "from a new page");
      await sees(eve.page, ...said);
      await until(async () => (await shown(ana.page)).includes("from a new page"), {
        deadlineMs: movesWithinMs - (performance.now() - frozenAt),
        what: "the page to leave the frozen gateway",
      });
      said.push("after the move");
      await say(ana.page, "after the move");
      for (const { page } of [ana, ben, eve]) {
        await sees(page, ...said);
        expect(await shown(page)).toEqual(said);
      }
    } finally {
      await cluster.kill(frozen, "SIGCONT");
    }
  },
  testMs,
);

/** Says something, and looks which gateway took it. */
async function gatewayOf(page: Page, text: string): Promise<string> {
  const gateways = (await cluster.processes("gateway")).map(({ name }) => name);
  const linesOf = async (name: string) => (await cluster.log(name)).split('"message":"acked"').length;
  const before = await Promise.all(gateways.map(linesOf));
  await say(page, text);
  return await until(
    async () => {
      const now = await Promise.all(gateways.map(linesOf));
      return gateways.find((_, at) => now[at] !== before[at]);
    },
    { what: "the gateway that took it" },
  );
}
