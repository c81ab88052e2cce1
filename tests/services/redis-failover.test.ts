/** A master of a cluster that is lost, and its replica that takes over: all that was logged goes live, and nothing is numbered twice. */
import { expect, test } from "bun:test";
import type { LoggedEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import { samplePost } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { type RedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import { type Followed, follow, insist, openWorld, range, roomOnServer, useRedis } from "./redis-world.ts";

const testLimitMs = 120_000;
const takeOverMs = 30_000;
const eachHalf = 200;
/** What people write before anybody waits for the answers: some of it is on the lost master alone. */
const underWay = 50;

let cluster: RedisCluster;
useRedis(
  () => startRedisCluster({ replicas: true }),
  (started) => {
    cluster = started;
  },
);

test.each([
  { what: "in step", at: 0, lacking: false },
  { what: "that lacks the newest events", at: 1, lacking: true },
])(
  "a master killed with -9 while people write: a replica $what goes on with everything that is in the log",
  async ({ at, lacking }) => {
    await using world = await openWorld(cluster);
    const listener = await world.another();
    const [room, elsewhere] = [at, 2].map((each) => roomOnServer(each, cluster.servers.length));
    for (const each of [room, elsewhere]) await world.addRoom(each);
    const [followed, other] = [await follow(listener, room!), await follow(listener, elsewhere!)];
    const told = createRegister();
    const logged: LoggedEvent[] = [];
    /** As a gateway does once the log has it: one try; what fails is the writer's. */
    const say = async () => {
      const event = samplePost(room!, `message ${logged.length}`);
      logged.push(event);
      const places = await world.redis.stream.publish([event]).catch(() => []);
      for (const place of places) told.note(place, event.id);
    };
    for (let count = 0; count < eachHalf; count++) await say();
    const [master, replica] = [cluster.servers[at], cluster.replicas[at]];
    if (lacking) {
      await replica!.kill("SIGSTOP");
      await master!.command("CLIENT", "KILL", "TYPE", "replica");
      for (let count = 0; count < underWay; count++) await say();
    }
    const saying = Array.from({ length: underWay }, say);
    await master!.kill("SIGKILL");
    await Promise.all(saying);
    await replica!.kill("SIGCONT");
    const isMaster = async () => (await replica!.command("ROLE")).startsWith("master");
    await until(isMaster, { what: "the replica to take over", deadlineMs: takeOverMs });
    for (const { offset } of await insist(world.redis, [samplePost(elsewhere!, "as before")])) expect(offset).toBe(1);
    for (let count = 0; count < eachHalf; count++) await say();

    // The writer publishes what it has not stored, in the log's order.
    for (const event of logged) for (const place of await insist(world.redis, [event])) told.note(place, event.id);
    const head = await world.redis.stream.head(room!);
    expect(head?.epoch).not.toBe(world.stored.get(room!)?.epoch);
    await until(() => followed.events().at(-1)?.offset === head?.offset, {
      what: "the newest",
      deadlineMs: takeOverMs,
    });
    await until(() => other.events().length === 1, { what: "the other room" });
    for (const run of followed.runs)
      for (const { id, offset } of run.events) told.note({ epoch: run.epoch, offset }, id);
    expect(told.doubled).toEqual([]);
    for (const { id } of logged) expect(told.has(id)).toBe(true);
    expectWithoutHoles(followed);

    await master!.start();
    const back = async () => (await master!.command("INFO", "replication")).includes("master_link_status:up");
    await until(back, { what: "the old master to follow", deadlineMs: takeOverMs });
    await until(() => world.redis.ready().then(() => true), { what: "all servers", deadlineMs: takeOverMs });
    const [next] = await insist(world.redis, [samplePost(room!, "afterwards")]);
    expect(next?.offset).toBe(head!.offset + 1);
    expect(next?.epoch).toBe(head!.epoch);
  },
  testLimitMs,
);

/** Who has which place: a place is one event's, whoever tells it. */
function createRegister() {
  const byPlace = new Map<string, EventId>();
  const doubled: string[] = [];
  return {
    doubled,
    has: (id: EventId) => [...byPlace.values()].includes(id),
    note({ epoch, offset }: { readonly epoch: string; readonly offset: number }, id: EventId): void {
      const place = `${epoch}/${offset}`;
      if ((byPlace.get(place) ?? id) !== id) doubled.push(place);
      byPlace.set(place, id);
    },
  };
}

/** In each epoch one event after the other, and each epoch above the one before: there a page reads anew. */
function expectWithoutHoles(followed: Followed): void {
  let last = 0;
  for (const epoch of new Set(followed.runs.map((run) => run.epoch))) {
    const offsets = followed.offsets(epoch);
    const first = offsets[0] ?? 0;
    expect(first).toBeGreaterThan(last);
    last = offsets.at(-1) ?? 0;
    expect(offsets).toEqual(range(first, last));
  }
}
