/** Fetching a file from an address that breaks off, lies or is not there. Python's packages are fetched for true in tests/services. */
import { afterEach, expect, test } from "bun:test";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchModel, modelFile } from "./fetch-model.ts";

const content = Buffer.alloc(4_000_000, crypto.getRandomValues(new Uint8Array(50_000)));
const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  /** The line breaks after so many bytes of it. */
  readonly cutAfter?: number;
}

async function world(answer: (from: number, asked: number) => Answer) {
  const folder = await mkdtemp(join(tmpdir(), "superchat-model-"));
  const ranges: number[] = [];
  const server = createServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    ranges.push(from);
    const { status, body, cutAfter } = answer(from, ranges.length);
    response.writeHead(status, { "Content-Length": body.length });
    if (cutAfter === undefined) response.end(body);
    else response.write(body.slice(0, cutAfter), () => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;
  const model = { name: "small:1", bytes: content.length, sha256, hub: url };
  const told: number[] = [];
  return {
    folder,
    model,
    ranges,
    told,
    fetch: () => fetchModel(folder, model, (completed) => told.push(completed)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const rest = (from: number): Answer => ({ status: from > 0 ? 206 : 200, body: content.slice(from) });
const cut: Answer = { status: 200, body: content, cutAfter: 3_000_000 };

test("what broke off goes on where it ended", async () => {
  await using at = await world((from, asked) => (asked === 1 ? cut : rest(from)));
  expect(await at.fetch().then(String, String)).toContain("; no Python package has it");
  expect(existsSync(modelFile(at.folder, at.model))).toBe(false);
  const file = await at.fetch();
  expect(at.ranges[1]).toBeGreaterThan(0);
  expect((await readFile(file)).equals(content)).toBe(true);
  expect(at.told.at(-1)).toBe(content.length);
  // What is there is not asked for again.
  expect(await at.fetch()).toBe(file);
  expect(at.ranges).toHaveLength(2);
});

test("who can't go on from the middle begins anew", async () => {
  await using at = await world((_, asked) => (asked === 1 ? cut : rest(0)));
  await at.fetch().catch(() => undefined);
  expect((await readFile(await at.fetch())).equals(content)).toBe(true);
});

test("another file is thrown away, and begun anew the next time", async () => {
  await using at = await world((from, asked) =>
    asked === 1 ? { status: 200, body: new Uint8Array(content.length) } : rest(from),
  );
  expect(await at.fetch().then(String, String)).toContain("what came is not this model: its sum is another one");
  expect((await readFile(await at.fetch())).equals(content)).toBe(true);
  expect(at.ranges).toEqual([0, 0]);
});

test.each([
  [{ status: 404, body: new Uint8Array(2) }, "answers 404"],
  [{ status: 200, body: new Uint8Array(content.length + 1) }, "sends more than 4000000 bytes"],
  [{ status: 200, body: content.slice(0, 10) }, "sent 10 of 4000000 bytes"],
])("what is wrong is said (%#)", async (answer: Answer, reason) => {
  await using at = await world(() => answer);
  expect(await at.fetch().then(String, String)).toContain(reason);
});

test("nobody there is said, and not asked twice for two models of one hub", async () => {
  await using at = await world(() => rest(0));
  servers[0]?.close().closeAllConnections();
  const unreachable = new Set<string>();
  for (let time = 0; time < 2; time++)
    expect(await fetchModel(at.folder, at.model, () => undefined, unreachable).then(String, String)).toContain(
      "can't be reached; no Python package has it",
    );
  expect(unreachable.size).toBe(1);
});
