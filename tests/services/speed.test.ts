/**
 * What must not get slower unnoticed, as ratios that hold on any machine: a gateway's deliveries per CPU-second beside bare Bun's with
 * the same frames in the same run, and the memory of a connection. The figures themselves come from `npm run bench`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { deliverAll } from "../../load/delivering.ts";
import { centrifugeDialect } from "../../load/dialects.ts";
import { bareDeliveries } from "../../load/fan-out.ts";
import { lookAt, samplesBetween } from "../../load/meter.ts";
import { openPlace, type Place } from "../../load/place.ts";
import { postsOf, startPoster } from "../../load/posting.ts";
import { residentMiB } from "../../load/process-usage.ts";
import { openSwarm } from "../../load/swarm.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { until } from "../support/wait.ts";

const members = 1_000;
const perSecond = 200;
const seconds = 4;
/** As often as a room of that size should take to. */
const ticksMs = 50;
/** Measured: 0.8 to 1.2, with other work beside it. */
const leastOfBareBun = 0.5;

/** Events in a frame: 10 where the members are, 4 at the gateway that has none of them. */
const leastTogether = 3;

const sockets = 2_000;
/** Measured: 4 KiB at ten thousand; with fewer the process itself says more. */
const mostKiBEach = 16;
const rounds = 12;
/** A whole connection left behind each time would be more. What garbage holds comes back in a while. */
const mostGrownMiB = 32;
const comesBackWithinMs = 45_000;
const settleMs = 2_000;

let cluster: TestCluster;
let place: Place;
beforeAll(async () => {
  cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  place = await openPlace(cluster, { people: 10, rooms: 1 });
}, 120_000);
afterAll(() => cluster.stop(), 60_000);

const dialect = () =>
  centrifugeDialect(
    place.rooms.map((room) => ({ room })),
    place.tokens,
  );

test("a busy room costs a gateway little more than bare Bun's publishing", async () => {
  const { first, second, owner, rooms } = place;
  await using poster = await startPoster();
  const send = postsOf(poster, { url: second.url, token: owner.token, rooms, perSecond });
  const bare = await bareDeliveries({ place, members, perSecond, seconds, ticksMs });
  const before = await lookAt(cluster);
  const ours = await deliverAll({ ...first, members, dialect: dialect(), perSecond, seconds, send });
  const ratio = ours.perCpuSecond / bare.perCpuSecond;
  console.log(`deliveries per CPU-second: ${Math.round(ours.perCpuSecond)}, ${ratio.toFixed(2)} of bare Bun's`);
  expect(ratio).toBeGreaterThan(leastOfBareBun);
  const after = await lookAt(cluster);
  const [events, frames] = ["sum", "count"].map((of) =>
    samplesBetween(before, after, `superchat_gateway_frame_events_${of}`),
  );
  expect((events ?? 0) / (frames ?? 1)).toBeGreaterThan(leastTogether);
}, 120_000);

test("a connection takes little memory, and coming and going leaves nothing behind", async () => {
  const { port, pid } = place.first;
  const comeAndGo = async () => (await openSwarm({ port, size: sockets / 2, dialect: dialect() })).close();
  for (let n = 0; n < rounds / 2; n++) await comeAndGo();
  await Bun.sleep(settleMs);
  const before = residentMiB(pid);
  const swarm = await openSwarm({ port, size: sockets, dialect: dialect() });
  const each = ((residentMiB(pid) - before) * 1_024) / sockets;
  swarm.close();
  for (let n = 0; n < rounds; n++) await comeAndGo();
  expect(each).toBeLessThan(mostKiBEach);
  const here = async () => (await lookAt(cluster)).samples.get("superchat_gateway_program_sockets");
  await until(async () => (await here()) === 0, { what: "nobody to be counted any more" });
  await until(() => residentMiB(pid) - before < mostGrownMiB, {
    deadlineMs: comesBackWithinMs,
    what: `the memory of ${(rounds * sockets) / 2} who came and went to come back: ${before} MiB before, now ${residentMiB(pid)}`,
  });
}, 180_000);
