/** The address of an incoming webhook through nginx: passed on once, answered in words that programs know, and written nowhere. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNginx } from "../../scripts/services/nginx.ts";
import { freePort } from "../../scripts/services/ports.ts";
import { type NginxWorld, openNginxWorld } from "./nginx-world.ts";

const slowMs = 40_000;
const secret = "superchat_hook_0123456789012345678901234567890123456789012";
let world: NginxWorld;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-nginx-hooks-"));
  world = await openNginxWorld({ count: 1 });
}, slowMs);

afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
}, slowMs);

const init = { method: "POST", body: '{"text":"hello"}', headers: { "content-type": "application/json" } };

test("what is posted to a webhook reaches a gateway as it is", async () => {
  const answer = await world.get(`/hooks/${secret}`, {
    ...init,
    headers: { ...init.headers, origin: "https://ci.example" },
  });
  const seen = (await answer.json()) as { bytes: number; headers: Record<string, string> };
  expect([answer.status, seen.bytes]).toEqual([200, init.body.length]);
  expect(seen.headers).toMatchObject({ "content-type": "application/json", "x-forwarded-for": "127.0.0.1" });
});

test(
  "with every gateway away it is a problem document, and the secret is in no log",
  async () => {
    const logFile = join(folder, "nginx.log");
    const alone = await startNginx({ folder, gateways: [`127.0.0.1:${freePort()}`], limits: false, logFile });
    try {
      const ask = (path: string) => fetch(`http://127.0.0.1:${alone.port}${path}`, init);
      for (const method of ["POST", "GET"]) {
        const answer = await fetch(`http://127.0.0.1:${alone.port}/hooks/${secret}`, {
          ...(method === "POST" ? init : {}),
          method,
        });
        expect([answer.status, answer.headers.get("content-type")]).toEqual([502, "application/problem+json"]);
      }
      await ask("/rooms/seen-in-the-log/messages");
    } finally {
      await alone.stop();
    }
    const written = `${await readFile(logFile, "utf8")}${await readFile(join(folder, "tmp", "notable.log"), "utf8")}`;
    expect(written).toContain('"uri":"/hooks/-"');
    expect(written).toContain("seen-in-the-log");
    expect(written).not.toContain(secret);
  },
  slowMs,
);
