/** Long bodies arrive whole, with their length, however slowly they are read. */
import { afterAll, expect, test } from "bun:test";
import { wholeBody } from "./whole-body.ts";

const texts = {
  empty: "",
  short: "ü",
  latin: "x".repeat(60_000),
  wide: "é…👍".repeat(20_000),
  huge: `${"x".repeat(8_000_000)}…`,
};
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch({ url }) {
    await Promise.resolve();
    const text = texts[new URL(url).pathname.slice(1) as keyof typeof texts];
    return new Response(wholeBody(text), { headers: { "X-Own": "kept" } });
  },
});
afterAll(() => server.stop(true));

test.each(Object.entries(texts))("%s", async (name, text) => {
  const answer = await fetch(`${server.url}${name}`);
  expect(answer.headers.get("X-Own")).toBe("kept");
  expect(answer.headers.get("Content-Length")).toBe(`${Buffer.byteLength(text)}`);
  expect((await answer.text()) === text).toBe(true);
});

test("a reader that pauses after each piece gets all of it, and one that leaves takes nobody along", async () => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let bytes = 0;
  await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: {
      open: (socket) => void socket.write("GET /huge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
      data(socket, chunk) {
        bytes += chunk.length;
        socket.pause();
        setImmediate(() => socket.resume());
      },
      close: () => resolve(bytes),
      error: (_, error) => reject(error),
    },
  });
  const leaving = new AbortController();
  const left = fetch(`${server.url}huge`, { signal: leaving.signal }).then((answer) => answer.body?.cancel());
  leaving.abort();
  await left.catch(() => undefined);
  expect(await promise).toBeGreaterThan(Buffer.byteLength(texts.huge));
  expect(await (await fetch(`${server.url}short`)).text()).toBe(texts.short);
});
