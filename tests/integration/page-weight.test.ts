/** A room page with fifty messages stays light, and everything it needs comes from here. */
import { expect, test } from "bun:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { buildAssets } from "#gateway/assets.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { cookieNamed, signUpAtPage } from "../support/page-person.ts";

/** Until the page can be used: what it weighed before it had drafts of each tab, edits that survive and a timeline in both directions. */
const usableBytes = 46_100;
/** With the code of actions, which comes with the first of them. */
const inAllBytes = 54_000;

test("a room page weighs less than 46 KB compressed, styles and scripts included, and names no other host", async () => {
  const assets = await buildAssets();
  await using gateway = await startGateway({ assets });
  const writer = await signUpPerson(gateway.url);
  const text = "The quick brown **fox** jumps over the `lazy` dog, and the dog says nothing about it. ".repeat(3);
  for (let n = 0; n < 50; n++) await writer.post("lobby", `${n} ${text}`);
  const { html } = await (await signUpAtPage(gateway.url)).visit("/rooms/lobby");
  let bytes = gzipSync(html).length;
  const files = [...html.matchAll(/<(?:link|script)[^>]*(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(files.length).toBe(4);
  const weigh = async (path: string) => {
    expect(path).toStartWith("/static/");
    const answer = await fetch(`${gateway.url}${path}`, {
      headers: { "accept-encoding": "gzip" },
      decompress: false,
    } as RequestInit);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    bytes += (await answer.bytes()).length;
  };
  for (const path of files) await weigh(path);
  expect(bytes).toBeLessThan(usableBytes);
  await weigh(assets.actions);
  expect(bytes).toBeLessThan(inAllBytes);
});

test("a page is compressed for who can read that, unless a proxy does it", async () => {
  for (const [proxy, encoding] of [
    ["off", "gzip"],
    ["on", null],
  ] as const) {
    await using gateway = await startGateway({ env: { TRUST_PROXY: proxy } });
    const seen = async (accepted: string) => {
      const headers = { "accept-encoding": accepted };
      return await fetch(`${gateway.url}/sign-up`, { headers, decompress: false } as RequestInit);
    };
    const packed = await seen("gzip, br");
    expect([packed.status, packed.headers.get("content-encoding")]).toEqual([200, encoding]);
    expect((await seen("identity")).headers.get("content-encoding")).toBeNull();
    expect((await seen("identity")).headers.get("vary")?.includes("Accept-Encoding")).toBe(proxy === "off");
    if (encoding !== null) expect(String(gunzipSync(await packed.bytes()))).toBe(await (await seen("identity")).text());
  }
});

test("a compressed page brings its cookies along", async () => {
  await using gateway = await startGateway();
  const ana = await signUpAtPage(gateway.url);
  const headers = { "accept-encoding": "gzip", cookie: cookieNamed(ana, "refresh")?.join("=") ?? "" };
  const answer = await fetch(`${gateway.url}/rooms/lobby`, { headers, decompress: false } as RequestInit);
  expect([answer.status, answer.headers.get("content-encoding")]).toEqual([200, "gzip"]);
  const names = answer.headers.getSetCookie().map((line) => line.split("=")[0] ?? "");
  expect(names.map((name) => name.split("_").at(-1)).sort()).toEqual(["access", "known", "refresh"]);
});
