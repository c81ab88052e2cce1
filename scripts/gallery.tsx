/** Shows every page in every state: serves them, takes pictures at three widths in both themes, and lets axe look for barriers. */
import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { buildAssets } from "../gateway/assets.ts";
import { launchChromium } from "./chromium.ts";
import { galleryPages } from "./gallery/pages.tsx";

const sizes = { wide: [1440, 900], tablet: [768, 1024], phone: [390, 844] } as const;
const outDir = "tmp/shots";

/** `bun scripts/gallery.tsx [names,…] [--serve] [--no-axe]` */
const only = process.argv[2]?.startsWith("--") ? undefined : process.argv[2]?.split(",");
const assets = await buildAssets();
// The pages stand still: no scripts, so no socket.
const none = "/none.js";
const pages = galleryPages({ ...assets.urls, htmx: none, app: none });
// What its code brings along.
const actionsLook = "/actions.css";
const look = await Bun.build({ entrypoints: [new URL("../views/static/actions.css", import.meta.url).pathname] });
const lookText = (await look.outputs[0]?.text()) ?? "";

using server = Bun.serve({
  port: process.argv.includes("--serve") ? 8090 : 0,
  development: false,
  reusePort: false,
  fetch(request) {
    const { pathname } = new URL(request.url);
    const headers = {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
    };
    const page = pages.get(pathname.slice(1));
    if (page !== undefined)
      return new Response(page.replace("</head>", `<link rel="stylesheet" href="${actionsLook}"></head>`), { headers });
    if (pathname === actionsLook) return new Response(lookText, { headers: { "Content-Type": "text/css" } });
    if (pathname === none) return new Response("", { headers: { "Content-Type": "text/javascript" } });
    if (pathname === "/")
      return new Response([...pages.keys()].map((name) => `<p><a href="/${name}">${name}</a>`).join(""), { headers });
    return (
      assets.serve(pathname, { acceptEncoding: request.headers.get("accept-encoding") }) ??
      new Response("", { status: 404 })
    );
  },
});

if (process.argv.includes("--serve")) {
  console.log(`http://localhost:${server.port}`);
  await new Promise(() => undefined);
}

await mkdir(outDir, { recursive: true });
const browser = await launchChromium();
const axe = await Bun.file("node_modules/axe-core/axe.min.js").text();
let violations = 0;
for (const colorScheme of ["light", "dark"] as const) await takePictures(browser, colorScheme);
await browser.close();
console.log(`${violations} violations`);
process.exit(violations === 0 ? 0 : 1);

async function takePictures(browser: Browser, colorScheme: "light" | "dark"): Promise<void> {
  // axe is put into the page, which its policy would refuse.
  const context = await browser.newContext({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.log(page.url(), message.text()));
  for (const name of pages.keys()) {
    if (only !== undefined && !only.includes(name)) continue;
    for (const [size, [width, height]] of Object.entries(sizes)) {
      await page.setViewportSize({ width, height });
      await page.goto(`http://localhost:${server.port}/${name}`);
      await page.screenshot({ path: `${outDir}/${name}-${size}-${colorScheme}.png` });
      await measure(page, `${name} ${size}`);
      if (!process.argv.includes("--no-axe")) await audit(page, `${name} ${size} ${colorScheme}`);
    }
    if (name !== "room") continue;
    await page.goto(`http://localhost:${server.port}/${name}#sidebar`);
    await page.screenshot({ path: `${outDir}/${name}-drawer-${colorScheme}.png` });
  }
  await context.close();
}

/** Nothing may be wider than the window or its column; wide code and tables scroll by themselves. */
async function measure(page: Page, what: string): Promise<void> {
  const over = await page.evaluate(
    "[...document.querySelectorAll('html, #main, #sidebar, #people, #scroller, #rooms, .bar')]" +
      ".filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.id || box.className || 'page')",
  );
  if (Array.isArray(over) && over.length > 0) console.log(`${what}: too wide: ${over.join(", ")}`);
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

async function audit(page: Page, what: string): Promise<void> {
  await page.evaluate(axe);
  const result = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResult;
  for (const { id, help, nodes } of result.violations) {
    violations++;
    const [first] = nodes;
    console.log(
      `${what}: ${id} (${help}) ×${nodes.length}\n  ${first?.html.slice(0, 160)}\n  ${first?.failureSummary.split("\n")[1]}`,
    );
  }
}
