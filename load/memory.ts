/** What a connection takes: ten thousand programs on one gateway, signed in, each in a room, silent; and what coming and going leaves behind. */
import type { ApiPerson } from "../tests/support/api-person.ts";
import { startCluster } from "../tests/support/cluster.ts";
import { centrifugeDialect } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { type OneGateway, openPlace } from "./place.ts";
import { residentMiB } from "./process-usage.ts";
import { type Dialect, openSwarm } from "./swarm.ts";

const idle = 10_000;
const people = 20;
const rooms = 20;
const settleMs = 10_000;
/** So many come and go at a time, the first times to warm up. */
const churn = 1_000;
const warmUps = 10;
const minutes = Number(process.env.MINUTES) || 5;
/** A wave comes this often at most: with a pause between them an hour is no load for what else the machine does. */
const waveMs = (Number(process.env.WAVE_SECONDS) || 0) * 1000;
/** The memory is looked at so many times on the way. */
const looks = 6;

export async function measureMemory(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  const place = await openPlace(cluster, { people, rooms });
  const tokens = [...place.tokens];
  const dialect = centrifugeDialect(
    place.rooms.map((room) => ({ room })),
    tokens,
  );
  const { port, pid } = place.first;
  const comeAndGo = async () => (await openSwarm({ port, size: churn, dialect })).close();
  const { before, filled, eachKiB } = await fillWithIdle(place.first, dialect, idle);

  for (let n = 0; n < warmUps; n++) await comeAndGo();
  await Bun.sleep(settleMs);
  const churnFrom = residentMiB(pid);
  const began = performance.now();
  const churnMs = minutes * 60_000;
  const onTheWay: number[] = [];
  let came = 0;
  while (performance.now() - began < churnMs) {
    const next = Bun.sleep(waveMs);
    // One of them signs in anew each time, so that no token of an hour ago is used.
    const n = (came / churn) % people;
    const person = place.people[n];
    if (person !== undefined) tokens[n] = await newToken(person);
    await comeAndGo();
    came += churn;
    await next;
    const looked = ((performance.now() - began) / churnMs) * looks;
    if (Math.floor(looked) > onTheWay.length) onTheWay.push(residentMiB(pid));
  }
  await Bun.sleep(settleMs);
  const churnTo = residentMiB(pid);
  return [
    { what: "gateway before", value: before, unit: "MiB" },
    { what: `gateway with ${idle.toLocaleString("en")} idle connections`, value: filled, unit: "MiB" },
    { what: "each connection", value: eachKiB, unit: "KiB" },
    { what: `gateway before ${minutes} minutes of coming and going`, value: churnFrom, unit: "MiB" },
    ...onTheWay.map((value, n) => ({ what: `on the way, ${n + 1} of ${looks}`, value, unit: "MiB" })),
    { what: `gateway after ${came.toLocaleString("en")} came and went`, value: churnTo, unit: "MiB" },
  ];
}

async function newToken({ name, password, call }: ApiPerson): Promise<string> {
  const { status, body } = await call("POST", "/sessions", { name, password });
  if (status !== 201) throw new Error(`signing in answered ${status}`);
  return body.accessToken;
}

export interface Idle {
  /** Of the server's process, in MiB. */
  readonly before: number;
  readonly filled: number;
  readonly eachKiB: number;
}

/** So many that are silent, for a while. @param meanwhile for how long */
export async function fillWithIdle(
  { port, pid }: Pick<OneGateway, "port" | "pid">,
  dialect: Dialect,
  size: number,
  meanwhile: () => Promise<unknown> = () => Bun.sleep(settleMs),
): Promise<Idle> {
  // What it takes once, however many come: code, caches.
  (await openSwarm({ port, size: churn, dialect })).close();
  await Bun.sleep(settleMs);
  const before = residentMiB(pid);
  const swarm = await openSwarm({ port, size, dialect });
  await meanwhile();
  const filled = residentMiB(pid);
  swarm.close();
  return { before, filled, eachKiB: ((filled - before) * 1024) / size };
}
