/** What happens to rooms while one server of a cluster is gone, and while their slots move. */
import { expect, test } from "bun:test";
import { slotOf } from "#adapters/redis/slots.ts";
import { samplePerson, samplePosts } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import type { RedisServer } from "../../scripts/services/redis.ts";
import { type RedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import { failure, follow, insist, openWorld, publish, range, roomOnServer, useRedis } from "./redis-world.ts";

const testLimitMs = 90_000;

let cluster: RedisCluster;
useRedis(startRedisCluster, (started) => {
  cluster = started;
});

const roomOn = (at: number) => roomOnServer(at, cluster.servers.length);

test("rooms, people and channels are spread over the servers", async () => {
  await using world = await openWorld(cluster);
  for (const at of [0, 1, 2]) {
    const room = await world.addRoom(roomOn(at));
    await publish(world.redis, room, 1);
    expect(Number(await cluster.servers[at]!.command("EXISTS", `{r:${room}}:head`))).toBe(1);
  }
  const people = Array.from({ length: 30 }, () => samplePerson().id);
  for (const id of people) await world.redis.presence.enter(id, "tab");
  expect(await world.redis.presence.online([...people, samplePerson().id])).toEqual(new Set(people));
});

test(
  "a server that is killed takes only its own rooms away, until it is back",
  async () => {
    await using world = await openWorld(cluster);
    const [room, elsewhere] = [await world.addRoom(roomOn(0)), await world.addRoom(roomOn(1))];
    const [followed, other] = [await follow(world.redis, room), await follow(world.redis, elsewhere)];
    const [before] = await publish(world.redis, room, 1);
    const [server] = cluster.servers as readonly [RedisServer];
    await server.kill("SIGKILL");
    expect((await failure(publish(world.redis, room, 1))).code).toBe("unavailable");
    expect((await publish(world.redis, elsewhere, 2)).map(({ offset }) => offset)).toEqual([1, 2]);
    await until(() => other.events().length === 2, { what: "the other room's news" });

    await server.start();
    const after = await insist(world.redis, samplePosts(room, 2));
    expect(after[0]!.epoch).not.toBe(before!.epoch);
    expect(after[0]!.offset).toBeGreaterThan(before!.offset);
    await until(() => followed.events().at(-1)?.offset === after[1]!.offset, { what: "the room's news" });
    await until(() => world.redis.ready().then(() => true), { what: "all servers" });
  },
  testLimitMs,
);

test(
  "a slot that moves takes its rooms along: who listens goes on hearing, and nothing is numbered twice",
  async () => {
    await using world = await openWorld(cluster);
    const other = await world.another();
    const room = await world.addRoom(roomOn(2));
    const followed = await follow(world.redis, room);
    const before = await publish(other, room, 5);
    await until(() => followed.events().length === 5, { what: "the first five" });

    await move(slotOf(`{r:${room}}`), cluster.servers[2]!, cluster.servers[1]!);
    const given = [...before];
    for (let call = 0; call < 5; call++) given.push(...(await publish(other, room, 2)));
    const offsets = given.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    const last = given.at(-1)!;
    expect(last.epoch).not.toBe(before[0]!.epoch);
    await until(() => followed.events().at(-1)?.offset === last.offset, { what: "the newest", deadlineMs: 4_000 });
    const [next] = await publish(other, room, 1);
    await until(() => followed.events().at(-1)?.offset === next!.offset, { what: "what comes after it" });
    expect(next!.offset).toBe(last.offset + 1);
    expect(followed.offsets(before[0]!.epoch)).toEqual(range(1, 5));
    await move(slotOf(`{r:${room}}`), cluster.servers[1]!, cluster.servers[2]!);
  },
  testLimitMs,
);

async function move(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
  const [fromId, toId] = [await from.command("CLUSTER", "MYID"), await to.command("CLUSTER", "MYID")];
  await to.command("CLUSTER", "SETSLOT", `${slot}`, "IMPORTING", fromId);
  await from.command("CLUSTER", "SETSLOT", `${slot}`, "MIGRATING", toId);
  const keys = (await from.command("CLUSTER", "GETKEYSINSLOT", `${slot}`, "1000")).split("\n").filter(Boolean);
  expect(keys.length).toBeGreaterThan(0);
  await from.command("MIGRATE", "127.0.0.1", `${to.port}`, "", "0", "5000", "KEYS", ...keys);
  for (const server of [to, from, ...cluster.servers])
    await server.command("CLUSTER", "SETSLOT", `${slot}`, "NODE", toId);
}
