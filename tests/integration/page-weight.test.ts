/** A room page with fifty messages stays light, and everything it needs comes from here. */
import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { buildAssets } from "#gateway/assets.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { signUpAtPage } from "../support/page-person.ts";

const budgetBytes = 60 * 1024;

test("a room page weighs less than 60 KB compressed, styles and scripts included, and names no other host", async () => {
  await using gateway = await startGateway({ assets: await buildAssets() });
  const writer = await signUpPerson(gateway.url);
  const text = "The quick brown **fox** jumps over the `lazy` dog, and the dog says nothing about it. ".repeat(3);
  for (let n = 0; n < 50; n++) await writer.post("lobby", `${n} ${text}`);
  const { html } = await (await signUpAtPage(gateway.url)).visit("/rooms/lobby");
  let bytes = gzipSync(html).length;
  const files = [...html.matchAll(/<(?:link|script)[^>]*(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const path of files) {
    expect(path).toStartWith("/static/");
    const answer = await fetch(`${gateway.url}${path}`, {
      headers: { "accept-encoding": "gzip" },
      decompress: false,
    } as RequestInit);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    bytes += (await answer.bytes()).length;
  }
  expect(bytes).toBeLessThan(budgetBytes);
});
