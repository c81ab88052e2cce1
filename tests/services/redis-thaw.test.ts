/**
 * A frozen Redis whose gateways give it up one after the other: at the thaw it finds calls in its sockets that were sent before and
 * after somebody's ack, and reads them in any order. What was acked first stays first (docs/adr/0006-redis-stream.md).
 */
import { expect, test } from "bun:test";
import type { LoggedEvent } from "#domain/events.ts";
import { samplePost } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { type RedisServer, startRedis } from "../../scripts/services/redis.ts";
import { failure, insist, openWorld, range, useRedis } from "./redis-world.ts";

const testLimitMs = 60_000;
/** Gateways look at different times whether Redis is silent; they look every 500 ms. */
const gatewayCount = 4;
const apartMs = 120;
const reopensWithinMs = 20_000;

let server: RedisServer;
useRedis(startRedis, (started) => {
  server = started;
});

test(
  "what was acked while Redis was frozen is not overtaken, by calls that lie in its sockets or by those right after the thaw",
  async () => {
    await using world = await openWorld(server);
    const [room, quiet, aside] = [await world.addRoom(), await world.addRoom(), await world.addRoom()];
    const gateways = [world.redis.stream];
    while (gateways.length < gatewayCount) {
      await Bun.sleep(apartMs);
      gateways.push((await world.another()).stream);
    }
    const [acked, ackedQuietly] = [samplePost(room, "acked"), samplePost(quiet, "acked")];
    const [before, next] = [samplePost(room, "before"), samplePost(quiet, "after the thaw")];
    expect(await gateways[0]!.publishAhead(before)).toMatchObject({ offset: 1 });

    const later: LoggedEvent[] = [];
    const waiting: Promise<unknown>[] = [];
    server.kill("SIGSTOP");
    try {
      const losing = gateways.map(async (gateway, at) => {
        await failure(gateway.publishAhead(samplePost(aside, `in flight ${at}`)));
        return gateway;
      });
      const loser = await Promise.race(losing);
      for (const event of [acked, ackedQuietly])
        expect((await failure(loser.publishAhead(event))).code).toBe("unavailable");
      // One of them at least has not given up, so that this lies in its socket.
      for (const gateway of gateways.filter((one) => one !== loser)) {
        const event = samplePost(room, "sent after the ack");
        later.push(event);
        waiting.push(failure(gateway.publishAhead(event)));
      }
      const answered = Promise.any(gateways.map((gateway) => gateway.head(aside).then(() => gateway)));
      server.kill("SIGCONT");
      waiting.push(failure((await answered).publishAhead(next)));
    } finally {
      server.kill("SIGCONT");
    }
    await Promise.all(waiting);

    const places = await insist(world.redis, [acked, ...later]);
    expect(places.map(({ offset }) => offset)).toEqual(range(2, 1 + gatewayCount));
    expect((await insist(world.redis, [ackedQuietly, next])).map(({ offset }) => offset)).toEqual([1, 2]);
    const open = async () => {
      const event = samplePost(room, "ahead");
      const place = await gateways[1]!.publishAhead(event);
      await insist(world.redis, [event]);
      await gateways[0]!.caughtUp([room], performance.now());
      return place?.fresh;
    };
    expect(await until(open, { what: "the short cut to open again", deadlineMs: reopensWithinMs })).toBe(true);
  },
  testLimitMs,
);
