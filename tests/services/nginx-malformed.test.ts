/** Requests that no browser sends, through nginx to a real gateway: refused as the client's mistake, in our words, and no secret in any log. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NginxServer, startNginx } from "../../scripts/services/nginx.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { malformedRequests, rawSecret, sendRaw } from "../support/raw-request.ts";

const slowMs = 40_000;
let gateway: TestGateway;
let nginx: NginxServer;
let folder: string;
const logFile = () => join(folder, "nginx.log");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-nginx-malformed-"));
  gateway = await startGateway({ env: { LOG_LEVEL: "debug", TRUST_PROXY: "on" } });
  nginx = await startNginx({ folder, gateways: [new URL(gateway.url).host], limits: true, logFile: logFile() });
}, slowMs);

afterAll(async () => {
  await nginx?.stop();
  await gateway?.close();
  await rm(folder, { recursive: true, force: true });
}, slowMs);

test.each(malformedRequests)("%s is the client's mistake", async (what, head) => {
  const { status, text } = await sendRaw(nginx.port, head);
  // HTTP/0.9, which has no status to tell: the connection is closed.
  if (what === "no version") expect([status, text]).toEqual([0, ""]);
  else expect([what, status, status >= 400 && status < 500]).toEqual([what, status, true]);
  expect(text).not.toMatch(/node_modules|\.ts\b|TypeError|superchat_hook/);
  // nginx' own pages are not ours.
  expect(text).not.toContain("<center>nginx");
});

test(
  "no secret of an address is in any log",
  async () => {
    await nginx.stop();
    const written = [await readFile(logFile(), "utf8"), await readFile(join(folder, "tmp", "notable.log"), "utf8")];
    for (const log of [...written, gateway.logged.join("")]) expect(log).not.toContain(rawSecret);
  },
  slowMs,
);
