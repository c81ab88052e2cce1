/**
 * A whole cluster on this machine, through nginx: acked sends as fast as they go, and the way of a message from its sender
 * to a subscriber on the other gateway at given rates.
 */
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import { until } from "../tests/support/wait.ts";
import type { Figure } from "./figure.ts";
import { cpuBetween, type Look, lookAt, memoryOf, samplesBetween } from "./meter.ts";
import { type Paced, sendInTurns, sendPaced } from "./paced.ts";
import { percentile } from "./process-usage.ts";
import { type LoadSocket, openLoadSocket } from "./transport.ts";

const roomCount = 20;
const peopleCount = 8;
const seconds = 8;
const senderCount = 64;
const subscriberRates = [100, 1_000, 3_000];
const storedWithinMs = 60_000;
const text = "The quick brown fox jumps over the lazy dog. ".repeat(10).slice(0, 300);

export async function measureCluster(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  const { people, rooms } = await gather(cluster.url);
  const idle = await memoryOf(cluster);
  const sockets = await Promise.all(
    Array.from({ length: senderCount }, (_, n) => openLoadSocket({ url: cluster.url, token: of(people, n).token })),
  );
  await sendAll(sockets, rooms, 1);
  const figures = [
    ...(await closedLoop(cluster, `HTTP, ${senderCount} senders`, (n) => overHttp(of(people, n), of(rooms, n)))),
    ...(await closedLoop(cluster, `sockets, ${senderCount} senders`, (n) => of(sockets, n).post(of(rooms, n), text))),
  ];
  const one = (n: number) => of(sockets, 0).post(of(rooms, n), text);
  figures.push(...(await paced(cluster, "one socket, 1,000/s", 1_000, one)));
  const many = (n: number) => of(sockets, n + 1).post(of(rooms, n), text);
  figures.push(...(await paced(cluster, `${senderCount} sockets, 5,000/s`, 5_000, many)));
  for (const rate of subscriberRates) figures.push(...(await endToEnd(cluster, people, rooms, rate)));
  const busy = (await memoryOf(cluster)).map((figure) => ({ ...figure, what: `${figure.what} after all of it` }));
  for (const socket of sockets) socket.close();
  return [...figures, ...idle, ...busy];
}

/** People who are all in all rooms. */
async function gather(url: string) {
  const people: ApiPerson[] = [];
  for (let n = 0; n < peopleCount; n++) people.push(await signUpPerson(url));
  const rooms: string[] = [];
  for (let n = 0; n < roomCount; n++) rooms.push((await of(people, 0).createRoom(freshName("bench"))).id);
  for (const person of people) for (const room of rooms) await person.call("PUT", `/rooms/${room}/members/me`);
  return { people, rooms };
}

function of<T>(items: readonly T[], n: number): T {
  return items[n % items.length] as T;
}

/** A little, so that nothing measured is the first of its kind. */
async function sendAll(sockets: readonly LoadSocket[], rooms: readonly string[], times: number): Promise<void> {
  for (let n = 0; n < times; n++) await Promise.all(sockets.map((socket, at) => socket.post(of(rooms, at), text)));
}

async function overHttp(who: ApiPerson, room: string): Promise<number> {
  const since = performance.now();
  await who.post(room, text);
  return performance.now() - since;
}

async function closedLoop(cluster: TestCluster, how: string, send: (sender: number) => Promise<number>) {
  const before = await lookAt(cluster);
  const outcome = await sendInTurns(senderCount, seconds, send);
  await untilStored(cluster);
  return sendFigures(how, outcome, before, await lookAt(cluster));
}

async function paced(cluster: TestCluster, how: string, rate: number, send: (n: number) => Promise<number>) {
  const before = await lookAt(cluster);
  const outcome = await sendPaced(rate, seconds, send);
  await untilStored(cluster);
  return sendFigures(how, outcome, before, await lookAt(cluster));
}

function sendFigures(how: string, { acked, failed, seconds: took, latencies }: Paced, before: Look, after: Look) {
  const batches = samplesBetween(before, after, "superchat_log_batch_events_count");
  const figures: readonly Figure[] = [
    { what: "acked sends", value: acked / took, unit: "/s" },
    ...(failed > 0 ? [{ what: "refused sends", value: failed, unit: "" }] : []),
    { what: "ack p50", value: percentile(latencies, 0.5), unit: "ms" },
    { what: "ack p99", value: percentile(latencies, 0.99), unit: "ms" },
    { what: "messages in one send to Kafka", value: acked / batches, unit: "" },
    { what: "Redis calls per message", value: (after.redisCalls - before.redisCalls) / acked, unit: "" },
    { what: "Postgres transactions per message", value: (after.transactions - before.transactions) / acked, unit: "" },
    ...cpuBetween(before, after, "acked sends", acked),
  ];
  return figures.map((figure) => ({ ...figure, what: `${how}: ${figure.what}` }));
}

/** Nothing is under way any more. */
export async function untilStored(cluster: TestCluster): Promise<void> {
  await until(
    async () => {
      const { samples } = await lookAt(cluster);
      return samples.get("superchat_log_behind_events") === 0 && samples.get("superchat_writer_lag_seconds") === 0;
    },
    { deadlineMs: storedWithinMs, what: "the writer to have stored everything" },
  );
}

/** A sender and a subscriber in each room, on different gateways. */
async function endToEnd(cluster: TestCluster, people: readonly ApiPerson[], rooms: readonly string[], rate: number) {
  const delays: number[] = [];
  const heard = (said: string) => void delays.push(performance.now() - Number(said.slice(0, said.indexOf(" "))));
  const pairs = await Promise.all(rooms.map((room, n) => openPair(cluster, people, room, n, heard)));
  const send = (n: number) => of(pairs, n).sender.post(of(rooms, n), `${performance.now()} ${text}`.slice(0, 300));
  await sendPaced(rate, 1, send);
  delays.length = 0;
  const before = await lookAt(cluster);
  const outcome = await sendPaced(rate, seconds, send);
  await until(() => delays.length >= outcome.acked, { deadlineMs: storedWithinMs, what: "every message to be heard" });
  await untilStored(cluster);
  const after = await lookAt(cluster);
  for (const { sender, subscriber } of pairs) {
    sender.close();
    subscriber.close();
  }
  const how = `to the other gateway's subscriber, ${rate.toLocaleString("en")}/s in ${rooms.length} rooms`;
  return [
    { what: `${how}: p50`, value: percentile(delays, 0.5), unit: "ms" },
    { what: `${how}: p99`, value: percentile(delays, 0.99), unit: "ms" },
    ...sendFigures(how, outcome, before, after),
  ];
}

async function openPair(
  cluster: TestCluster,
  people: readonly ApiPerson[],
  room: string,
  n: number,
  heard: (text: string) => void,
) {
  // Straight to the gateways: nginx gives a socket to whichever has fewer.
  const [first, second] = (await cluster.processes("gateway")).map(({ port }) => `http://127.0.0.1:${port}`);
  if (first === undefined || second === undefined) throw new Error("There are not two gateways.");
  const sender = await openLoadSocket({ url: first, token: of(people, n).token });
  const follow = { room, heard };
  const subscriber = await openLoadSocket({ url: second, token: of(people, n + 1).token, follow });
  return { sender, subscriber };
}
