/** Assets: hashed names, compressed bodies, and headers that let them be kept for good. */
import { beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Assets, buildAssets } from "./assets.ts";

describe("assets", () => {
  let assets: Assets;

  beforeAll(async () => {
    assets = await buildAssets();
  });

  const get = (path: string, headers: Parameters<Assets["serve"]>[1] = {}): Response => {
    const response = assets.serve(path, headers);
    if (response === undefined) throw new Error(`${path} is not served`);
    return response;
  };

  test("have names that change with their content, the same on every gateway", async () => {
    for (const url of [...Object.values(assets.urls), assets.actions])
      expect(url).toMatch(/^\/static\/[a-z-]+\.[0-9a-f]{12}\.(?:css|js|svg)$/);
    const { urls, actions } = await buildAssets();
    expect([urls, actions]).toEqual([assets.urls, assets.actions]);
  });

  test("are what pages need", async () => {
    const { css, pages, htmx, app, icon } = assets.urls;
    expect(await get(css).text()).toContain(".message");
    expect(await get(css).text()).not.toContain("@import");
    expect(await get(pages).text()).toContain(".welcome");
    expect(await get(htmx).text()).toContain("var htmx=");
    expect(await get(htmx).text()).toContain("new WebSocket");
    for (const url of [app, assets.actions]) expect(await get(url).text()).not.toContain("import ");
    expect(await get(app).text()).toContain(assets.actions);
    expect(await get(assets.actions).text()).toContain("#message-menu.sheet");
    expect(await get(icon).text()).toStartWith("<svg");
  });

  test("are kept for good, typed and not sniffed", () => {
    const { headers } = get(assets.urls.css);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("vary")).toBe("Accept-Encoding");
    expect(get(assets.urls.app).headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(get(assets.urls.icon).headers.get("content-type")).toBe("image/svg+xml");
  });

  test("come compressed as the browser likes it", async () => {
    const plain = await get(assets.urls.htmx).text();
    const brotli = get(assets.urls.htmx, { acceptEncoding: "gzip, deflate, br, zstd" });
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(brotliDecompressSync(await brotli.bytes()).toString()).toBe(plain);
    const gzip = get(assets.urls.htmx, { acceptEncoding: "gzip, br;q=0" });
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(await gzip.bytes()).toString()).toBe(plain);
    expect(get(assets.urls.htmx, { acceptEncoding: null }).headers.get("content-encoding")).toBeNull();
  });

  test("are not sent again to who has them", () => {
    const etag = get(assets.urls.css, { acceptEncoding: "br" }).headers.get("etag");
    const again = get(assets.urls.css, { acceptEncoding: "br", ifNoneMatch: `"x", ${etag}` });
    expect([again.status, again.body]).toEqual([304, null]);
    expect(get(assets.urls.css, { acceptEncoding: "gzip", ifNoneMatch: etag }).status).toBe(200);
  });

  test("answer to the name another version gave them, but not for keeps", () => {
    const stale = get(assets.urls.css.replace(/\.[0-9a-f]{12}\./, ".000000000000."));
    expect([stale.status, stale.headers.get("cache-control")]).toEqual([200, "no-store"]);
  });

  test("have the code of actions only under the name that their app knows", () => {
    expect(assets.serve(assets.actions.replace(/\.[0-9a-f]{12}\./, ".000000000000."))).toBeUndefined();
  });

  test("hold emoji as they are, and no rule for browsers that know nothing of the others", async () => {
    expect(await get(assets.actions).text()).toContain("smile:😄");
    expect(await get(assets.urls.css).text()).toContain(":is(.day,.unread-line)+.grouped");
    for (const url of [assets.urls.css, assets.urls.pages, assets.actions])
      expect(await get(url).text()).not.toMatch(/-any\(|:lang\(/);
  });

  test("are these files and no others", () => {
    for (const path of [
      "/static/x.000000000000.css",
      "/static/app.css",
      "/static/../app.000000000000.css",
      "/static/",
      "/",
    ]) {
      expect(assets.serve(path)).toBeUndefined();
    }
  });

  test("stay within the weight of a page", async () => {
    const weigh = async (url: string) => (await get(url, { acceptEncoding: "gzip" }).bytes()).length;
    const { css, pages, htmx, app, icon } = assets.urls;
    const first = (await Promise.all([css, htmx, app, icon].map(weigh))).reduce((sum, size) => sum + size);
    // What a room's page loads before it can be used, its HTML apart; with the first action; and what other pages have more.
    expect(first).toBeLessThan(40_700);
    expect(first + (await weigh(assets.actions))).toBeLessThan(48_600);
    expect(await weigh(css)).toBeLessThan(6_150);
    expect(await weigh(pages)).toBeLessThan(2_200);
  });
});
