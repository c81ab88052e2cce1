/** The Redis adapters against the suites that every adapter of a port passes: on one server and on a cluster of three. */
import { afterAll, beforeAll } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { type OpenRedis, openRedis, type RedisOptions } from "#adapters/redis/open.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Position } from "#domain/room.ts";
import { claimsSuite } from "#tests/contract/claims.suite.ts";
import { growingTextsSuite } from "#tests/contract/growing-texts.suite.ts";
import { presenceSuite } from "#tests/contract/presence.suite.ts";
import { rateLimiterSuite } from "#tests/contract/rate-limiter.suite.ts";
import { roomStreamSuite } from "#tests/contract/room-stream.suite.ts";
import { signalsSuite } from "#tests/contract/signals.suite.ts";
import { type RedisServer, startRedis } from "../../scripts/services/redis.ts";
import { startRedisCluster } from "../../scripts/services/redis-cluster.ts";

const startWithinMs = 120_000;
/** The suites make listeners throw on purpose. */
const report = () => undefined;

type Where = Pick<RedisOptions, "url" | "urls">;
const services: { stop(): Promise<void> }[] = [];
const where: { single?: Where; cluster?: Where } = {};
const servers: Record<keyof typeof where, readonly RedisServer[]> = { single: [], cluster: [] };

beforeAll(async () => {
  const single = await startRedis();
  services.push(single);
  where.single = { url: single.url };
  servers.single = [single];
  const cluster = await startRedisCluster();
  services.push(cluster);
  where.cluster = { urls: cluster.urls };
  servers.cluster = cluster.servers;
}, startWithinMs);

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
});

for (const kind of ["single", "cluster"] as const) {
  const open = (options: Partial<RedisOptions> = {}): Promise<OpenRedis> => {
    return openRedis({ ...where[kind], head: async () => undefined, report, ...options });
  };
  const name = `Redis, ${kind}`;

  roomStreamSuite(
    name,
    async () => {
      const heads = new Map<RoomId, Position>();
      const redis = await open({ head: async (room) => heads.get(room) });
      /** A new room is made with the epoch that the stream has for it. */
      const storeRoom = async (room: RoomId, epoch: string, offset: number) => {
        heads.set(room, { epoch: offset === 0 ? await redis.stream.newEpoch(room) : epoch, offset });
      };
      const lose = async () => void (await Promise.all(servers[kind].map((server) => server.flush())));
      return { stream: redis.stream, storeRoom, lose, close: redis.close };
    },
    { announcesOnConfirm: false, knowsIdsEverywhere: false, losesData: true },
  );

  signalsSuite(name, async () => {
    const [near, far] = [await open(), await open()];
    const close = async () => void (await Promise.all([near.close(), far.close()]));
    return { near: near.signals, far: far.signals, close };
  });

  presenceSuite(name, async () => {
    const clock = createFixedClock();
    const redis = await open({ clock });
    return { presence: redis.presence, advance: async (ms) => clock.advance(ms), close: redis.close };
  });

  growingTextsSuite(name, async () => {
    const clock = createFixedClock();
    const [near, far] = [await open({ clock }), await open({ clock })];
    const closeBoth = async () => void (await Promise.all([near.close(), far.close()]));
    const { growing, signals } = far;
    return { near: near.growing, far: growing, signals, advance: (ms) => clock.advance(ms), close: closeBoth };
  });

  claimsSuite(name, async () => {
    const [near, far] = [await open(), await open()];
    const closeBoth = async () => void (await Promise.all([near.close(), far.close()]));
    return { near: near.claims, far: far.claims, close: closeBoth };
  });

  rateLimiterSuite(name, async () => {
    const clock = createFixedClock();
    const redis = await open({ clock });
    return { limiter: redis.limiter, advance: async (ms) => clock.advance(ms), close: redis.close };
  });
}
