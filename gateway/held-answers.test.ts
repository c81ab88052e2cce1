/** Long answers are held for who does not read up to a bound, and given back when they were read or their reader left. */
import { afterAll, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { isChatError } from "#domain/errors.ts";
import { until } from "../tests/support/wait.ts";
import { createHeldAnswers, maxWholeCharacters } from "./held-answers.ts";

/** More than a kernel takes for a connection whose reader sleeps. */
const text = "x…".repeat(4_000_000);
const bytes = Buffer.byteLength(text);
const answers = createHeldAnswers({ perHolder: 2 * bytes, inAll: 3 * bytes });
/** As the two minutes that it is else. */
const atMostMs = 400;
const brief = createHeldAnswers({ atMostMs });
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch({ url }) {
    const { pathname, searchParams } = new URL(url);
    const from = searchParams.has("brief") ? brief : answers;
    try {
      return new Response(from.bodyOf(pathname === "/long" ? text : "short", searchParams.get("by") ?? ""));
    } catch (error) {
      return new Response(isChatError(error) ? error.code : "", { status: 429 });
    }
  },
});
afterAll(() => server.stop(true));

const get = (by: string, path = "/long") => fetch(`${server.url.origin}${path}?by=${by}`);

/** Asks, and reads nothing. */
function ask(by: string, more = ""): Socket {
  const socket = connect(server.port ?? 0, "127.0.0.1", () => {
    socket.pause();
    socket.write(`GET /long?by=${by}${more} HTTP/1.1\r\nHost: x\r\n\r\n`);
  });
  return socket.on("error", () => {});
}

const held = (count: number) => until(() => answers.held() === count * bytes, { what: `${count} answers to be held` });

test("a long answer arrives whole, and is held no longer", async () => {
  expect((await (await get("ana")).text()) === text).toBe(true);
  await held(0);
  expect(await (await get("ana", "/short")).text()).toBe("short");
});

test("who reads nothing is given no more than so much, others are, and all together no more than so much", async () => {
  const [one, two] = [ask("ana"), ask("ana")];
  await held(2);
  expect(await (await get("ana")).text()).toBe("rate-limited");
  expect(await (await get("ana", "/short")).text()).toBe("short");
  const three = ask("ben");
  await held(3);
  expect(await (await get("eve")).text()).toBe("unavailable");
  one.destroy();
  await held(2);
  expect((await (await get("ana")).text()).length).toBe(text.length);
  two.destroy();
  three.destroy();
  await held(0);
});

test("what is short is not counted", () => {
  answers.bodyOf("x".repeat(maxWholeCharacters), "ana");
  expect(answers.held()).toBe(0);
});

test("an answer that is not read in time is broken off, not before, and seen to lack its end; nothing of it is held", async () => {
  const from = performance.now();
  const socket = ask("ana", "&brief");
  const ended = Promise.withResolvers<void>();
  let received = 0;
  socket.on("data", (data) => {
    received += data.length;
  });
  socket.on("close", () => ended.resolve());
  await until(() => brief.held() === bytes, { what: "the answer to be held" });
  await until(() => brief.held() === 0, { what: "the answer to be given up" });
  expect(performance.now() - from).toBeGreaterThan(atMostMs - 5);
  socket.resume();
  await ended.promise;
  expect(received).toBeLessThan(bytes);
});

test("no slow reader makes a process write to stderr", async () => {
  const code = `
    import { connect } from "node:net";
    import { createHeldAnswers } from "./gateway/held-answers.ts";
    const answers = createHeldAnswers({ atMostMs: 50 });
    const fetch = () => new Response(answers.bodyOf("x".repeat(8_000_000), "ana"));
    const { port } = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
    const socket = connect(port, "127.0.0.1", () => {
      socket.pause();
      socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
    });
    socket.on("error", () => {}).on("close", () => process.exit());
    while (answers.held() === 0) await Bun.sleep(1);
    while (answers.held() > 0) await Bun.sleep(1);
    socket.resume();`;
  const slow = Bun.spawn([process.execPath, "-e", code], { cwd: `${import.meta.dir}/..`, stderr: "pipe" });
  expect(await new Response(slow.stderr).text()).toBe("");
  expect(await slow.exited).toBe(0);
});
