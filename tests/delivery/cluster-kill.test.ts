/** The promises on the cluster: each kind of process is killed with -9 and started again while people write and read. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { startStorm } from "../support/storm.ts";

const startMs = 180_000;
const testMs = 180_000;
const writers = 8;
const acksBefore = 60;
const acksAfter = 60;
/** How long one that was killed stays away. */
const awayMs = 1_000;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ gateways: 2, writers: 2 });
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

async function stormWhile(victims: (cluster: TestCluster) => Promise<readonly string[]>, signal?: NodeJS.Signals) {
  const [ana, ben] = [await signUpPerson(cluster.url), await signUpPerson(cluster.url)];
  const room = await ana.createRoom(freshName("storm"));
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  const storm = startStorm({ url: cluster.url, room: room.id, people: [ana, ben], writers });
  for (const name of await victims(cluster)) {
    await storm.progress(acksBefore, `before ${name} is killed`);
    await cluster.kill(name, signal);
    await Bun.sleep(awayMs);
    await cluster.start(name);
    await storm.progress(acksAfter, `after ${name} is back`, 90_000);
  }
  return await storm.settle();
}

const named = (role: string) => async (own: TestCluster) => (await own.processes(role)).map(({ name }) => name);

for (const role of ["gateway", "writer", "nginx", "kafka", "postgres"]) {
  test(
    `kill -9 of each ${role} loses, doubles and reorders nothing, and offsets have no hole`,
    async () => {
      const { jumps } = await stormWhile(named(role));
      expect(jumps).toBe(0);
    },
    testMs,
  );
}

test(
  "kill -9 of Redis, which keeps nothing, loses, doubles and reorders nothing; a new epoch begins",
  async () => {
    const { jumps } = await stormWhile(named("redis"));
    expect(jumps).toBeLessThanOrEqual(1);
  },
  testMs,
);

test(
  "a gateway that is told to stop is not noticed",
  async () => {
    const { jumps } = await stormWhile(named("gateway"), "SIGTERM");
    expect(jumps).toBe(0);
  },
  testMs,
);
