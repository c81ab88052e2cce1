/** A room's sockets, served part by part. */
import { beforeEach, expect, test } from "bun:test";
import { type Audience, createAudience, maxPartSockets } from "./audience.ts";

let sockets: Map<string, number>;
let published: string[];
let audience: Audience;

beforeEach(() => {
  sockets = new Map();
  published = [];
  const out = {
    publish: (topic: string, frame: string) => void published.push(`${topic} ${frame}`),
    subscribers: (topic: string) => sockets.get(topic) ?? 0,
  };
  audience = createAudience(out, (part) => `part-${part}`);
});

function join(count = 1): void {
  for (let n = 0; n < count; n++) {
    const topic = audience.join();
    sockets.set(topic, (sockets.get(topic) ?? 0) + 1);
  }
}

const leave = (frame: string, offset: number) =>
  new Promise<void>((resolve) => audience.leave([frame], offset, resolve));

test("a small one is served at once", () => {
  join(maxPartSockets);
  let isDone = false;
  audience.leave(["a", "b"], 2, () => {
    isDone = true;
  });
  expect(published).toEqual(["part-0 a", "part-0 b"]);
  expect(audience.shown()).toBe(2);
  expect(isDone).toBe(true);
});

test("a large one is served part by part, and is there when the last part is", async () => {
  join(2 * maxPartSockets + 1);
  expect(audience.count()).toBe(2 * maxPartSockets + 1);
  const left = leave("a", 7);
  expect(published).toEqual(["part-0 a"]);
  expect(audience.shown()).toBe(0);
  await left;
  expect(published).toEqual(["part-0 a", "part-1 a", "part-2 a"]);
  expect(audience.shown()).toBe(7);
});

test("who joins while something leaves is given it, too, and exactly once", async () => {
  join(2 * maxPartSockets);
  sockets.set("part-0", 3);
  const left = leave("a", 1);
  const topics = [audience.join()];
  join(1);
  topics.push(audience.join());
  expect(topics).toEqual(["part-2", "part-2"]);
  await left;
  expect(published).toEqual(["part-0 a", "part-1 a", "part-2 a"]);
  // Room in an earlier part is used again when nothing leaves.
  expect(audience.join()).toBe("part-0");
});

test("what is told meanwhile comes after it, to every part", async () => {
  join(maxPartSockets + 1);
  const left = leave("a", 1);
  audience.publish("typing");
  await left;
  expect(published).toEqual(["part-0 a", "part-1 a", "part-0 typing", "part-1 typing"]);
});

test("what is cut short goes no further", async () => {
  join(maxPartSockets + 1);
  let isDone = false;
  audience.leave(["a"], 1, () => {
    isDone = true;
  });
  audience.publish("typing");
  audience.restart(40);
  audience.publish("reset");
  await leave("b", 41);
  expect(published).toEqual(["part-0 a", "part-0 reset", "part-1 reset", "part-0 b", "part-1 b"]);
  expect([isDone, audience.shown()]).toEqual([false, 41]);
});

test("one that everybody has left is small again", async () => {
  join(maxPartSockets + 1);
  sockets.clear();
  await leave("a", 1);
  join(1);
  published = [];
  audience.leave(["b"], 2, () => {});
  expect(published).toEqual(["part-0 b"]);
});
