/** The sender against receivers that mean harm: each is left within its time, and after few bytes. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { createAddressRules } from "./address-rules.ts";
import {
  createHttpWebhookSender,
  maxAnswerBytes,
  maxHeadBytes,
  maxInterimAnswers,
  maxLookups,
} from "./webhook-sender.ts";

const timeoutMs = 500;
const inTime = { type: "unanswered", reason: "It did not answer in time." } as const;
/** What the machine's own buffers may take on top of what is read. */
const maxBytes = 8 * 1024 * 1024;
const sender = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]), timeoutMs });

let server: Server;
let url: string;
let bytes: number;
let answer: (socket: Socket) => void;
const open = new Set<Socket>();

beforeEach(async () => {
  bytes = 0;
  server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  server.close();
});

const post = () => sender.send({ url, headers: {}, body: "{}" });

/** Writes `first`, and then `again` for as long as the other side reads. */
const endless = (first: string, again: string) => (socket: Socket) => {
  const chunk = Buffer.from(again.repeat(Math.ceil(65_536 / again.length)));
  const more = () => {
    if (socket.destroyed) return;
    bytes += chunk.length;
    socket.write(chunk, () => setImmediate(more));
  };
  socket.write(first);
  more();
};
const slowly = (text: string) => (socket: Socket) => {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text[sent++ % text.length] ?? "");
  }, 20);
};
const interim = "HTTP/1.1 100 Continue\r\n\r\n";
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

test.each([
  ["100 Continue", endless("", interim), /1xx again and again/],
  ["103 with hints", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), /1xx again and again/],
  ["interim headers", endless("HTTP/1.1 103 Early Hints\r\n", "X-A: 1\r\n"), /more headers than are read/],
  ["headers", endless("HTTP/1.1 200 OK\r\n", "X-A: 1\r\n"), /more headers than are read/],
  ["a status", endless("HTTP/1.1 200 ", "z"), /more headers than are read/],
  ["noise", endless("", "\u0000"), /The connection broke/],
  ["blank lines", endless("", "\r\n"), /much, and no answer/],
])("%s without end", async (_what, misbehave, reason) => {
  answer = misbehave;
  const startedAt = performance.now();
  const receipt = await post();
  expect(receipt.type === "unanswered" && receipt.reason).toMatch(reason);
  expect(performance.now() - startedAt).toBeLessThan(timeoutMs + 500);
  expect(bytes).toBeLessThan(maxBytes);
});

test("an answer that comes letter by letter ends in time", async () => {
  answer = slowly("HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4\r\nX-E: 5\r\nX-F: 6\r\n");
  expect(await post()).toEqual(inTime);
  answer = slowly(interim);
  expect(await post()).toEqual(inTime);
});

test("a few interim answers are passed over, one more than a few is not", async () => {
  answer = (socket) => socket.write(interim.repeat(maxInterimAnswers) + ok);
  expect(await post()).toEqual({ type: "answered", status: 200 });
  answer = (socket) => socket.write(interim.repeat(maxInterimAnswers + 1) + ok);
  expect((await post()).type).toBe("unanswered");
});

test("headers are read up to their limit", async () => {
  const withHeader = (length: number) => (socket: Socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nX-A: ${"y".repeat(length)}\r\nContent-Length: 0\r\n\r\n`);
  answer = withHeader(maxHeadBytes - 200);
  expect(await post()).toEqual({ type: "answered", status: 200 });
  answer = withHeader(maxHeadBytes + 200);
  expect((await post()).type).toBe("unanswered");
});

test("so much is read of a receiver in all, and no more", async () => {
  const blank = (length: number) => "\r\n".repeat(length / 2);
  answer = (socket) => socket.write(blank(maxAnswerBytes - ok.length - 2) + ok);
  expect(await post()).toEqual({ type: "answered", status: 200 });
  answer = (socket) => socket.write(blank(maxAnswerBytes));
  expect(await post()).toEqual(inTime);
  answer = (socket) => socket.write(blank(maxAnswerBytes + 2));
  expect(await post()).toEqual({ type: "unanswered", reason: "It sent much, and no answer." });
});

test("another protocol is not gone over to", async () => {
  answer = (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
  expect(await post()).toEqual({ type: "answered", status: 101 });
});

test("a body without end is not read", async () => {
  answer = endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n");
  expect(await post()).toEqual({ type: "answered", status: 200 });
  expect(bytes).toBeLessThan(maxBytes);
});

test("a name server that is slow ends in time, is asked once for each name, and holds up so many at most", async () => {
  const asked: string[] = [];
  const waiting = Promise.withResolvers<readonly string[]>();
  const slow = createHttpWebhookSender({
    rules: createAddressRules(["127.0.0.1"]),
    timeoutMs: 50,
    addressesOf: async (name) => {
      asked.push(name);
      return await waiting.promise;
    },
  });
  const to = (name: string) => slow.send({ url: `http://${name}.example/`, headers: {}, body: "{}" });
  expect(await Promise.all([to("one"), to("one")])).toEqual([inTime, inTime]);
  const others = await Promise.all(Array.from({ length: maxLookups - 1 }, (_, n) => to(`name-${n}`)));
  expect(new Set(others.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(inTime)]));
  const receipt = await to("one-more");
  expect(receipt.type === "unanswered" && receipt.reason).toContain("Too many names");
  expect(asked).toHaveLength(maxLookups);
  waiting.resolve(["127.0.0.1"]);
  await waiting.promise;
  await Bun.sleep(0);
  expect(await to("one-more")).toMatchObject({ type: "unanswered", reason: "Nobody listens at that address." });
});
