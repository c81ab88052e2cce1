/**
 * What who asks for much and reads nothing makes a gateway hold: the peak of its memory in eight seconds, less what it had before. Each
 * way of asking has a gateway of its own, which has answered the same to a reader who reads.
 */
import { connect } from "node:net";
import { maxTextBytes } from "#domain/message.ts";
import { maxFrameCommands } from "#gateway/programs/inbox.ts";
import { startCluster } from "../tests/support/cluster.ts";
import { cookieOf } from "../tests/support/live-page.ts";
import { openStalledReader } from "../tests/support/stalled-reader.ts";
import { until } from "../tests/support/wait.ts";
import type { Figure } from "./figure.ts";
import { lookAt } from "./meter.ts";
import { type OneGateway, openPlace, type Place } from "./place.ts";
import { residentMiB } from "./process-usage.ts";

const messages = 1_000;
const postedTogether = 20;
const storedWithinMs = 60_000;
const looksEveryMs = 100;
const looks = 80;
const settleMs = 5_000;
const warmUps = 20;

interface Attack {
  readonly what: string;
  /** As somebody who reads. */
  read(gateway: OneGateway): Promise<unknown>;
  ask(gateway: OneGateway): Promise<readonly Greedy[]>;
}

/** Lets it read on, or leave. */
type Greedy = () => void;

export async function measureSlowReaders(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 3, writers: 1, env: { LOG_LEVEL: "error" } });
  const place = await openPlace(cluster, { people: 1, rooms: 0 });
  const room = await place.owner.createRoom("large");
  // As HTML five times as long.
  const text = "&".repeat(maxTextBytes - 10);
  for (let n = 0; n < messages; n += postedTogether) {
    await Promise.all(Array.from({ length: postedTogether }, () => place.owner.post(room.id, text)));
  }
  await until(async () => (await lookAt(cluster)).samples.get("superchat_log_behind_events") === 0, {
    deadlineMs: storedWithinMs,
    what: "the writer to have stored the room",
  });
  const figures: Figure[] = [];
  for (const [n, attack] of attacksOn(place, room).entries()) {
    const gateway = place.gateways[n];
    if (gateway === undefined) throw new Error("There is a gateway for each.");
    figures.push(...(await heldBy(gateway, attack)));
  }
  return figures;
}

async function heldBy(gateway: OneGateway, { what, read, ask }: Attack): Promise<readonly Figure[]> {
  for (let n = 0; n < warmUps; n++) await read(gateway);
  await Bun.sleep(settleMs);
  const before = residentMiB(gateway.pid);
  const greedy = await ask(gateway);
  let peak = before;
  for (let n = 0; n < looks; n++) {
    await Bun.sleep(looksEveryMs);
    peak = Math.max(peak, residentMiB(gateway.pid));
  }
  for (const each of greedy) each();
  return [
    { what: `gateway before ${what}`, value: before, unit: "MiB" },
    { what: `more with ${what}`, value: peak - before, unit: "MiB" },
  ];
}

function attacksOn(
  { owner }: Pick<Place, "owner">,
  room: { readonly id: string; readonly slug: string },
): readonly Attack[] {
  const bearer = { authorization: `Bearer ${owner.token}` };
  const cookie = { cookie: cookieOf(owner) };
  const events = `/api/v1/rooms/${room.id}/events?after=0&limit=1000`;
  const page = `/rooms/${room.slug}`;
  return [
    {
      what: `3 sockets that ask for ${maxFrameCommands} histories each and read nothing`,
      read: (gateway) => get(gateway, events, bearer),
      ask: (gateway) => times(3, () => askForHistories(gateway, owner.token, room.id)),
    },
    {
      what: "8 answers of up to 1,000 events that nobody reads",
      read: (gateway) => get(gateway, events, bearer),
      ask: (gateway) => times(8, () => askFor(gateway, events, bearer)),
    },
    {
      what: "60 pages of the room that nobody reads",
      read: (gateway) => get(gateway, page, cookie),
      ask: (gateway) => times(60, () => askFor(gateway, page, cookie)),
    },
  ];
}

async function times<T>(count: number, work: () => Promise<T>): Promise<readonly T[]> {
  return await Promise.all(Array.from({ length: count }, work));
}

async function get({ url }: OneGateway, path: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(`${url}${path}`, { headers });
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
  await answer.text();
}

async function askForHistories({ url }: OneGateway, token: string, room: string): Promise<Greedy> {
  const asked = Array.from({ length: maxFrameCommands }, (_, n) =>
    JSON.stringify({ id: n + 2, history: { channel: `room:${room}`, limit: -1 } }),
  );
  const says = [JSON.stringify({ id: 1, connect: { token } }), asked.join("\n")];
  const reader = await openStalledReader(url, { path: "/connection/websocket", says, readsFrames: 1 });
  return reader.resume;
}

async function askFor({ port }: OneGateway, path: string, headers: Record<string, string>): Promise<Greedy> {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.pause();
      socket.write([`GET ${path} HTTP/1.1`, ...lines, "\r\n"].join("\r\n"));
      resolve(() => void socket.destroy());
    });
    socket.on("error", () => {});
  });
}
