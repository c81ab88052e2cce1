/** What happens to rooms while Redis is killed, frozen, emptied, set back: nothing is numbered twice, nothing missed. */
import { describe, expect, test } from "bun:test";
import { samplePerson, samplePost, samplePosts } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { type RedisServer, startRedis } from "../../scripts/services/redis.ts";
import { failure, follow, insist, openWorld, publish, range, useRedis } from "./redis-world.ts";

const testLimitMs = 60_000;
/** Work on a Redis that is known to be away fails this fast; on one that froze a moment ago it may take this long. */
const awayMs = 500;
const frozenMs = 6_000;

let server: RedisServer;
useRedis(startRedis, (started) => {
  server = started;
});

describe("Redis killed with -9 and started again, empty", () => {
  test(
    "publishes fail at once meanwhile; then the room goes on in a new epoch, above everything before",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const before = await publish(world.redis, room, 5);
      await until(() => followed.events().length === 5, { what: "the first five" });

      await server.kill("SIGKILL");
      await until(async () => (await failure(world.redis.ready())).code === "unavailable", { what: "the loss" });
      const [lost] = [await failure(publish(world.redis, room, 1))];
      expect(lost.code).toBe("unavailable");
      expect(lost.ms).toBeLessThan(awayMs);

      await server.start();
      const again = samplePosts(room, 3);
      const after = await insist(world.redis, again);
      expect(after.every(({ fresh }) => fresh)).toBe(true);
      expect(new Set(after.map(({ epoch }) => epoch)).size).toBe(1);
      expect(after[0]!.epoch).not.toBe(before[0]!.epoch);
      expect(after[0]!.offset).toBeGreaterThan(before[4]!.offset);
      expect(after.map(({ offset }) => offset)).toEqual(range(after[0]!.offset, after[0]!.offset + 2));
      // Those published before the subscription was back are not announced one by one: the new epoch says it all.
      const newest = () => followed.offsets(after[0]!.epoch).at(-1);
      await until(() => newest() === after[2]!.offset, { what: "the newest, without subscribing again" });
      const [next] = await publish(world.redis, room, 1);
      await until(() => newest() === next!.offset, { what: "what comes after it" });
      expect(next!.offset).toBe(after[2]!.offset + 1);
    },
    testLimitMs,
  );

  test(
    "a subscription made before, in a room that was silent, hears what is published right after",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const other = await world.another();
      server.kill("SIGKILL");
      await server.start();
      const places = await insist(other, samplePosts(room, 2));
      await until(() => followed.events().length > 0, { what: "news of the room" });
      expect(followed.events().at(-1)?.offset).toBe(places[1]!.offset);
    },
    testLimitMs,
  );
});

test(
  "a Redis set back to an older copy of itself gives no offset twice",
  async () => {
    await using world = await openWorld(server);
    const room = await world.addRoom();
    const kept = samplePosts(room, 3);
    const copied = await world.redis.stream.publish(kept);
    expect(await server.command("SAVE")).toBe("OK");
    const lost = await publish(world.redis, room, 4);
    world.stored.set(room, { epoch: lost[0]!.epoch, offset: 5 });
    server.kill("SIGKILL");
    await server.start();
    expect(Number(await server.command("EXISTS", `{r:${room}}:head`))).toBe(1);

    await until(() => world.redis.ready().then(() => true), { what: "the new connection" });
    expect(await world.redis.stream.head(room)).toEqual({ epoch: lost[0]!.epoch, offset: 5 });
    expect(await world.redis.stream.tail(room, 2, 10)).toBeUndefined();
    const after = await insist(world.redis, [...kept, ...samplePosts(room, 2)]);
    expect(after.slice(0, 3)).toEqual(copied.map((place) => ({ ...place, fresh: false })));
    expect(after[3]!.epoch).not.toBe(lost[0]!.epoch);
    expect(after[3]!.offset).toBeGreaterThan(lost[3]!.offset);
    expect((await world.redis.stream.tail(room, after[3]!.offset - 1, 10))?.events).toHaveLength(2);
    await server.flush();
    await server.command("SAVE");
  },
  testLimitMs,
);

test(
  "a failover and back, with a copy that lacks the newest events, gives no offset twice",
  async () => {
    const copy = await startRedis();
    for (const one of [server, copy]) await one.command("CONFIG", "SET", "repl-diskless-sync-delay", "0");
    const leads = async (one: RedisServer, other: RedisServer) => {
      await other.command("REPLICAOF", "127.0.0.1", `${one.port}`);
      const linked = async () => (await other.command("INFO", "replication")).includes("master_link_status:up");
      await until(linked, { what: "the copy" });
    };
    try {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      await leads(server, copy);
      const before = await publish(world.redis, room, 5);
      const copied = async () => (await copy.command("HGET", `{r:${room}}:head`, "offset")) === `${before[4]!.offset}`;
      await until(copied, { what: "the copy of all five" });
      await copy.command("REPLICAOF", "NO", "ONE");
      const lost = await publish(world.redis, room, 3);
      await leads(copy, server);
      expect((await failure(publish(world.redis, room, 1))).code).toBe("unavailable");
      await server.command("REPLICAOF", "NO", "ONE");
      const [after] = await publish(world.redis, room, 1);
      expect(after!.epoch).not.toBe(lost[0]!.epoch);
      expect(after!.offset).toBeGreaterThan(lost[2]!.offset);
    } finally {
      await server.command("REPLICAOF", "NO", "ONE");
      await copy.stop();
    }
  },
  testLimitMs,
);

describe("a frozen Redis", () => {
  test(
    "is noticed; after the thaw the room goes on in the same epoch, and what was sent late is one event",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const before = await publish(world.redis, room, 2);

      server.kill("SIGSTOP");
      const events = samplePosts(room, 3);
      try {
        const first = await failure(world.redis.stream.publish(events));
        expect(first.code).toBe("unavailable");
        expect(first.ms).toBeLessThan(frozenMs);
        const next = await failure(publish(world.redis, room, 1));
        expect(next.code).toBe("unavailable");
        expect(next.ms).toBeLessThan(awayMs);
      } finally {
        server.kill("SIGCONT");
      }

      const after = await insist(world.redis, [...events, samplePost(room, "after")]);
      expect(after.map(({ offset }) => offset)).toEqual([3, 4, 5, 6]);
      expect(after[0]!.epoch).toBe(before[0]!.epoch);
      await until(() => followed.events().length >= 6, { what: "everything" });
      expect(followed.offsets(before[0]!.epoch)).toEqual(range(1, 6));
    },
    testLimitMs,
  );

  test(
    "is not confused with a process that was held up itself",
    async () => {
      const troubles: unknown[] = [];
      await using world = await openWorld(server, { onTrouble: (trouble) => troubles.push(trouble) });
      const room = await world.addRoom();
      for (const offset of [1, 2, 3]) {
        Bun.sleepSync(2_500);
        expect((await publish(world.redis, room, 1)).map((place) => place.offset)).toEqual([offset]);
      }
      expect(troubles).toEqual([]);
    },
    testLimitMs,
  );
});

test(
  "a message that was acked while Redis was frozen is not overtaken, whichever gateway takes the next one",
  async () => {
    await using world = await openWorld(server);
    const room = await world.addRoom();
    const [writer, other] = [world.redis.stream, (await world.another()).stream];
    const { stream } = await world.another();
    expect(await stream.publishAhead(samplePost(room, "before"))).toMatchObject({ offset: 1 });
    server.kill("SIGSTOP");
    const [acked, next] = samplePosts(room, 2);
    try {
      expect((await failure(stream.publishAhead(acked!))).code).toBe("unavailable");
    } finally {
      server.kill("SIGCONT");
    }
    const isLeft = async () => (await server.command("HEXISTS", `{r:${room}}:head`, "behind")) === "1";
    await until(isLeft, { what: "the mark" });
    expect(await until(() => other.publishAhead(next!).then((place) => ({ place })), { what: "an answer" })).toEqual({
      place: undefined,
    });
    const places = await insist(world.redis, [acked!, next!]);
    expect(places.map(({ offset }) => offset)).toEqual([2, 3]);
    const open = async () => {
      await writer.caughtUp([room], performance.now());
      return await other.publishAhead(samplePost(room, "ahead"));
    };
    const last = { offset: 4, epoch: places[1]!.epoch };
    expect(await until(open, { what: "the open short cut" })).toMatchObject(last);
  },
  testLimitMs,
);

describe("an emptied Redis", () => {
  test(
    "begins a new epoch above offsets that nobody stored, however often, and republishes what was lost",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const unwritten = samplePosts(room, 10);
      const given: number[] = [];
      const epochs = new Set<string>();
      for (let life = 0; life < 4; life++) {
        // Another event first, so that the same offsets would meet other ids.
        const places = await world.redis.stream.publish([samplePost(room, `life ${life}`), ...unwritten]);
        expect(places.every(({ fresh }) => fresh)).toBe(true);
        for (const { epoch, offset } of places) {
          epochs.add(epoch);
          given.push(offset);
        }
        await server.flush();
      }
      expect(epochs.size).toBe(4);
      expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
      await until(() => followed.events().length === 44, { what: "all lives" });
      expect(new Set(followed.runs.map(({ epoch }) => epoch))).toEqual(epochs);
    },
    testLimitMs,
  );

  test("answers head and tail from the store until something is published", async () => {
    await using world = await openWorld(server);
    const room = await world.addRoom();
    const places = await publish(world.redis, room, 3);
    world.stored.set(room, { epoch: places[0]!.epoch, offset: 3 });
    await server.flush();
    expect(await world.redis.stream.head(room)).toEqual({ epoch: places[0]!.epoch, offset: 3 });
    expect(await world.redis.stream.tail(room, 2, 10)).toBeUndefined();
    expect((await world.redis.stream.tail(room, 3, 10))?.events).toEqual([]);
  });

  test("may lose its functions, too", async () => {
    await using world = await openWorld(server);
    const room = await world.addRoom();
    await server.command("FUNCTION", "FLUSH");
    expect((await publish(world.redis, room, 1)).map(({ offset }) => offset)).toEqual([1]);
  });
});

test("a counter that went because all was stored for long goes on where the store is, in the same epoch", async () => {
  await using world = await openWorld(server);
  const room = await world.addRoom();
  const places = await publish(world.redis, room, 3);
  world.stored.set(room, { epoch: places[0]!.epoch, offset: 3 });
  for (const key of ["head", "tail"])
    expect(Number(await server.command("PTTL", `{r:${room}}:${key}`))).toBeGreaterThan(0);
  await server.command("DEL", `{r:${room}}:head`, `{r:${room}}:tail`);
  const [next] = await publish(world.redis, room, 1);
  expect(next).toMatchObject({ epoch: places[0]!.epoch, offset: 4, fresh: true });
});

test("the tail is bounded in bytes, also after it went and came back", async () => {
  await using world = await openWorld(server);
  const room = await world.addRoom();
  const tailKey = `{r:${room}}:tail`;
  const large = () => samplePost(room, "x".repeat(60_000));
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 20; at++) await world.redis.stream.publish([large()]);
    expect(Number(await server.command("LLEN", tailKey))).toBe(17);
    await server.command("DEL", tailKey);
  }
  await world.redis.stream.publish([samplePost(room, "y".repeat(2_000_000))]);
  expect(await world.redis.stream.tail(room, 40, 10)).toBeUndefined();
  await world.redis.stream.publish([large()]);
  expect((await world.redis.stream.tail(room, 41, 10))?.events).toHaveLength(1);
});

test("ids are kept until they are confirmed, and a while longer", async () => {
  await using world = await openWorld(server);
  const room = await world.addRoom();
  const [event, mine] = [samplePost(room, "one"), samplePost(room, "two")];
  await world.redis.stream.publish([event, mine]);
  const left = async (id: string) => Number(await server.command("PTTL", `{r:${room}}:id:${id}`));
  await world.redis.stream.confirm([event, { ...mine, author: samplePerson("Eve") }]);
  expect(await left(event.id)).toBeGreaterThan(9 * 60_000);
  expect(await left(event.id)).toBeLessThanOrEqual(10 * 60_000);
  expect(await left(mine.id)).toBeGreaterThan(29 * 24 * 3_600_000);
});

test("two gateways and a writer publish the same events at once: each has one offset, and is announced once", async () => {
  await using world = await openWorld(server);
  const room = await world.addRoom();
  const others = [await world.another(), await world.another()];
  const followed = await follow(world.redis, room);
  const events = samplePosts(room, 300);
  const gateways = events.map((event, at) => others[at % 2]!.stream.publish([event]));
  const writer = world.redis.stream.publish(events);
  const places = (await Promise.all(gateways)).flat();
  const same = (await writer).map(({ epoch, offset }) => ({ epoch, offset }));
  expect(places.map(({ epoch, offset }) => ({ epoch, offset }))).toEqual(same);
  expect(same.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(range(1, 300));
  await until(() => followed.events().length >= 300, { what: "all of them" });
  expect(followed.events().map(({ offset }) => offset)).toEqual(range(1, 300));
});
