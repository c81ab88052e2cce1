/** More connections than the process may have files open: it says so once, stays calm, and goes on when they are gone. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { lookAgainMs } from "#gateway/listen.ts";
import { mostKeptFree, watchOpenFiles } from "#gateway/open-files.ts";
import { signUpPerson } from "../support/api-person.ts";
import { lookAt } from "../support/live-page.ts";
import { until } from "../support/wait.ts";

const mayOpen = 96;
const program = join(import.meta.dir, "../support/few-files-gateway.ts");

test("room is what the limit leaves, less what is kept free", () => {
  expect(watchOpenFiles(1_000_000).left()).toBeGreaterThan(900_000);
  expect(watchOpenFiles(1_000_000).areFewAgain()).toBe(true);
  const open = readdirSync("/dev/fd").length;
  expect(watchOpenFiles(open + mostKeptFree + 1_000).room()).toBe(1_000);
  // Where the limit is small, an eighth of it.
  const small = 8 * (open + 10);
  expect(watchOpenFiles(small).room()).toBe(small - Math.min(mostKeptFree, small / 8) - open);
  expect(watchOpenFiles(open).areFewAgain()).toBe(false);
  expect(watchOpenFiles(open).room()).toBe(0);
  expect(watchOpenFiles(3).left()).toBe(0);
});

test("it is looked seldom whether there is room while there is much", () => {
  expect([0, 1_000, 10_000, 1_000_000].map(lookAgainMs)).toEqual([200, 200, 500, 1_000]);
  // A system that does not say how many there may be.
  expect(lookAgainMs(Number.POSITIVE_INFINITY)).toBe(200);
});

test("a flood of connections neither spins nor silences a gateway", async () => {
  const limited = ["sh", "-c", `ulimit -n ${mayOpen} && exec "$0" "$1"`, process.execPath, program];
  const child = Bun.spawn(limited, { stdout: "pipe", stderr: "inherit" });
  const flood: Socket[] = [];
  let written = "";
  void (async () => {
    for await (const part of child.stdout) written += Buffer.from(part).toString();
  })();
  try {
    await until(() => written.includes("\n"), { what: "the gateway" });
    const url = written.split("\n")[0] ?? "";
    const port = Number(new URL(url).port);
    const ana = await signUpPerson(url);
    const lobby = (await ana.get("/rooms/lobby")).body.room;
    const page = await lookAt(url, ana, lobby);

    const knock = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
        flood.push(socket);
      });
    await Promise.all(Array.from({ length: 2 * mayOpen }, knock));
    await until(() => written.includes("no new connection is taken in"), { what: "a word about it" });
    expect(await knock()).toBe(false);
    const ticks = () => Number(readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" ")[13]);
    const [ticksBefore, from] = [ticks(), performance.now()];
    page.send({ post: { id: Bun.randomUUIDv7(), room: lobby.id, text: "in the flood" } });
    await until(() => page.html().includes("in the flood"), { what: "who was there goes on" });
    await until(() => performance.now() - from > 500, { what: "half a second of its CPU time" });
    expect((ticks() - ticksBefore) / 50).toBeLessThan(0.5);

    for (const socket of flood) socket.destroy();
    await until(() => written.includes("there is room again"), { what: "room" });
    // Who was there all the time hears those who come now, and they hear each other.
    const late = await lookAt(url, ana, lobby);
    await ana.post(lobby.id, "after the flood");
    for (const each of [page, late]) {
      await until(() => each.html().includes("after the flood"), { what: "what came after it" });
      each.close();
    }
    expect(written.split("no new connection is taken in")).toHaveLength(2);
  } finally {
    for (const socket of flood) socket.destroy();
    child.kill();
    await child.exited;
  }
}, 60_000);
