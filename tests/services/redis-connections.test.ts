/** Connections to Redis that are made late, are lost, or are refused: who listens misses nothing, and nothing fails that need not. */
import { describe, expect, test } from "bun:test";
import { openRedis } from "#adapters/redis/open.ts";
import { maxEntersTogether } from "#adapters/redis/presence.ts";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { type RedisServer, startRedis } from "../../scripts/services/redis.ts";
import { failure, follow, openWorld, publish, range, useRedis } from "./redis-world.ts";

const testLimitMs = 60_000;

let server: RedisServer;
useRedis(startRedis, (started) => {
  server = started;
});

describe("a lost subscription", () => {
  test(
    "hands out what was published meanwhile, once and in order",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const other = await world.another();
      for (let round = 0; round < 10; round++) {
        const kill = server.command("CLIENT", "KILL", "TYPE", "pubsub");
        for (let call = 0; call < 20; call++) await publish(other, room, 1);
        await kill;
      }
      await until(() => followed.events().length >= 200, { what: "all of them" });
      expect(followed.events().map(({ offset }) => offset)).toEqual(range(1, 200));
    },
    testLimitMs,
  );

  test(
    "tells of the newest event when it missed more than the tail holds",
    async () => {
      await using world = await openWorld(server);
      const room = await world.addRoom();
      const followed = await follow(world.redis, room);
      const other = await world.another();
      const publishing = publish(other, room, 700);
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      await publishing;
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      await publish(other, room, 700);
      await until(() => followed.events().at(-1)?.offset === 1_400, { what: "the newest" });
      const offsets = followed.events().map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    },
    testLimitMs,
  );

  test(
    "of a connection that is starved, which Redis hangs up on, misses nothing",
    async () => {
      const limit = await server.command("CONFIG", "GET", "client-output-buffer-limit");
      // Redis hangs up on whoever has this much waiting: with runs larger than that, each time.
      await server.command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 20000 0 0");
      try {
        const troubles: unknown[] = [];
        await using world = await openWorld(server, { onTrouble: (trouble) => troubles.push(trouble) });
        const room = await world.addRoom();
        const followed = await follow(world.redis, room);
        for (let at = 0; at < 15; at++) {
          await world.redis.stream.publish([samplePost(room, at % 5 === 4 ? "x".repeat(60_000) : "small")]);
        }
        await until(() => followed.events().length >= 15, { what: "all of them" });
        expect(followed.events().map(({ offset }) => offset)).toEqual(range(1, 15));
        expect(troubles.length).toBeGreaterThan(0);
      } finally {
        await server.command("CONFIG", "SET", "client-output-buffer-limit", limit.split("\n").at(-1) ?? "");
      }
    },
    testLimitMs,
  );
});

describe("opening", () => {
  test("waits for a Redis that starts later", async () => {
    await server.kill("SIGKILL");
    const opening = openWorld(server);
    await server.start();
    await using world = await opening;
    await world.redis.ready();
  });

  test("says what is wrong when there is none in time", async () => {
    const opening = openRedis({ url: "redis://127.0.0.1:1", head: async () => undefined, openWithinMs: 300 });
    await expect(opening).rejects.toThrow("127.0.0.1:1");
  });

  test("refuses a Redis that may drop any key", async () => {
    await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    try {
      await expect(openRedis({ ...server, head: async () => undefined, openWithinMs: 300 })).rejects.toThrow(
        "allkeys-lru",
      );
    } finally {
      await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
  });
});

test("people who come together cost a call for all of them, not one each", async () => {
  await using world = await openWorld(server);
  const people = Array.from({ length: maxEntersTogether + 1 }, () => samplePerson().id);
  await server.command("CONFIG", "RESETSTAT");
  expect(await Promise.all(people.map((id) => world.redis.presence.enter(id, "tab")))).toEqual(people.map(() => true));
  expect(await server.command("INFO", "commandstats")).toMatch(/^cmdstat_fcall:calls=2,/m);
  expect(await world.redis.presence.online(people)).toEqual(new Set(people));
});

test("while Redis is away presence and signals are silent, limits are counted by whoever stands in", async () => {
  const taken: string[] = [];
  const refused = { allowed: false, retryAfterMs: 7, left: 0, fullInMs: 7 };
  const limiterWhenAway = {
    take: async (_limit: unknown, key: string) => {
      taken.push(key);
      return refused;
    },
    giveBack: async (_limit: unknown, key: string) => void taken.push(`back ${key}`),
  };
  const ada = samplePerson();
  const limit = { name: "away", burst: 1, perMs: 100 };
  let resumed = 0;
  const onSignalsResumed = () => {
    resumed += 1;
  };
  await using world = await openWorld(server, { limiterWhenAway, onSignalsResumed });
  await using bare = await openWorld(server);
  await world.redis.signals.onUsers(() => undefined);
  expect(await world.redis.presence.enter(ada.id, "tab")).toBe(true);
  expect((await world.redis.limiter.take(limit, ada.id)).allowed).toBe(true);
  await until(async () => (await world.redis.limiter.take(limit, ada.id)).allowed, { what: "Redis' own clock" });

  await server.kill("SIGKILL");
  expect(await world.redis.presence.enter(ada.id, "tab")).toBe(false);
  expect(await world.redis.presence.leave(ada.id, "tab")).toBe(false);
  expect(await world.redis.presence.online([ada.id])).toEqual(new Set());
  await world.redis.signals.toRoom(sampleRoom(), { type: "typing", user: ada });
  await world.redis.signals.toUser(ada.id, { type: "rooms", room: sampleRoom(), member: true });
  expect(await world.redis.limiter.take(limit, ada.id)).toEqual(refused);
  expect(taken).toEqual([ada.id]);
  expect((await failure(bare.redis.limiter.take(limit, ada.id))).code).toBe("unavailable");
  expect((await failure(world.redis.stream.subscribe(sampleRoom(), () => undefined))).code).toBe("unavailable");

  await server.start();
  await until(() => world.redis.presence.enter(ada.id, "tab"), { what: "a heartbeat that brings Ada back" });
  expect(await world.redis.presence.online([ada.id])).toEqual(new Set([ada.id]));
  await until(() => resumed > 0, { what: "word that signals may have been lost" });
});
