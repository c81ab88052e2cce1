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
    for (const url of Object.values(assets.urls))
      expect(url).toMatch(/^\/static\/[a-z-]+\.[0-9a-f]{12}\.(?:css|js|svg)$/);
    expect((await buildAssets()).urls).toEqual(assets.urls);
  });

  test("are what pages need", async () => {
    const { css, htmx, ws, app, icon } = assets.urls;
    expect(await get(css).text()).toContain(".message");
    expect(await get(css).text()).not.toContain("@import");
    expect(await get(htmx).text()).toContain("htmx");
    expect(await get(ws).text()).toContain("WebSocket");
    expect(await get(app).text()).not.toContain("import ");
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
    let total = 0;
    for (const url of Object.values(assets.urls)) total += (await get(url, { acceptEncoding: "gzip" }).bytes()).length;
    expect(total).toBeLessThan(50 * 1024);
    expect((await get(assets.urls.css, { acceptEncoding: "gzip" }).bytes()).length).toBeLessThan(9 * 1024);
  });
});
