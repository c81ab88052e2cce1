/** `bun scripts/readme-pictures.ts`: takes the README's pictures of a fresh server that the demo community has moved into. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startStandalone } from "../tests/support/server.ts";
import { launchChromium } from "./chromium.ts";

const root = join(import.meta.dir, "..");
/** With this seed the viewer is mentioned in the room's newest messages, beside code and links. */
const seed = "73";
const viewer = { name: "petra", password: "a demo, not a secret" };
const room = "self-hosting";
/** Said before the viewer has looked into every room, and altogether. */
const readMessages = 380;
const allMessages = 420;
/** For what is shown a moment later: who is there, and counts. */
const settleMs = 3_000;

await using server = await startStandalone();
await demo("--messages", String(readMessages)).exited;
const browser = await launchChromium();
const context = await browser.newContext({
  ...{ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" },
});
const page = await context.newPage();
await signIn(page);
await readEverything(page);
const going = demo("--messages", String(allMessages), "--rate", "1");
// By then everybody has come online.
for await (const chunk of going.stdout) if (new TextDecoder().decode(chunk).includes("go on talking")) break;
await page.goto(`${server.url}/rooms/${room}`);
await toTheEnd(page);
for (const colorScheme of ["light", "dark"] as const) {
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: join(root, `docs/images/room-${colorScheme}.png`) });
}
going.kill();
await browser.close();

function demo(...words: string[]) {
  const command = [process.execPath, "--no-orphans", "scripts/demo.ts", server.url, "--seed", seed, ...words];
  return Bun.spawn(command, { cwd: root, stdout: "pipe" });
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${server.url}/sign-in`);
  await page.fill("input[name=name]", viewer.name);
  await page.fill("input[name=password]", viewer.password);
  await page.press("input[name=password]", "Enter");
  await page.waitForURL("**/rooms/lobby");
}

async function readEverything(page: Page): Promise<void> {
  const addresses = await page
    .locator("#rooms a")
    .evaluateAll((links) => links.map((each) => each.getAttribute("href")));
  for (const address of addresses) {
    await page.goto(`${server.url}${address}`);
    await toTheEnd(page);
  }
}

/** Where a member is who has read everything. */
async function toTheEnd(page: Page): Promise<void> {
  await page.waitForSelector("#composer");
  await page.waitForTimeout(settleMs);
  await page.evaluate("document.querySelector('#scroller').scrollTo(0, 1e9)");
  await page.waitForTimeout(settleMs);
}
