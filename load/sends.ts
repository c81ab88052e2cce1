/** How many messages one standalone process acks per second, over HTTP and over page sockets. */
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import { type LivePage, openLive } from "../tests/support/live-page.ts";
import type { Figure } from "./figure.ts";
import { sendInTurns } from "./paced.ts";
import { cpuSeconds, percentile } from "./process-usage.ts";

const seconds = 8;
const httpSenders = 64;
const socketSenders = 32;
const text = "x".repeat(200);

export async function measureSends(url: string, pid: number): Promise<readonly Figure[]> {
  const people = await Promise.all(Array.from({ length: 8 }, () => signUpPerson(url)));
  const [ana] = people;
  if (ana === undefined) return [];
  const room = await ana.createRoom(freshName("bench"));
  for (const person of people) await person.call("PUT", `/rooms/${room.id}/members/me`);
  const overHttp = await timed(pid, httpSenders, (n) => sendOverHttp(people[n % people.length] ?? ana, room.id));
  const pages = await Promise.all(
    Array.from({ length: socketSenders }, (_, n) => openPage(url, people[n % people.length] ?? ana)),
  );
  const overSockets = await timed(pid, socketSenders, (n) => sendOverSocket(pages[n], room.id));
  for (const page of pages) page.close();
  return [
    ...figures(`HTTP, ${httpSenders} senders`, overHttp),
    ...figures(`page sockets, ${socketSenders} senders`, overSockets),
  ];
}

interface Outcome {
  readonly acked: number;
  readonly cpu: number;
  readonly wall: number;
  readonly latencies: readonly number[];
}

async function timed(pid: number, senders: number, send: (sender: number) => Promise<void>): Promise<Outcome> {
  const cpuBefore = cpuSeconds(pid);
  const {
    acked,
    seconds: wall,
    latencies,
  } = await sendInTurns(senders, seconds, async (n) => {
    const startedAt = performance.now();
    await send(n);
    return performance.now() - startedAt;
  });
  return { acked, cpu: cpuSeconds(pid) - cpuBefore, wall, latencies };
}

async function sendOverHttp(who: ApiPerson, room: string): Promise<void> {
  await who.post(room, text);
}

async function openPage(url: string, who: ApiPerson): Promise<LivePage> {
  return await openLive(url, { cookie: `superchat_access=${who.token}` });
}

const ackPollMs = 1;

async function sendOverSocket(page: LivePage | undefined, room: string): Promise<void> {
  if (page === undefined) return;
  const id = Bun.randomUUIDv7();
  page.frames.length = 0;
  page.send({ post: { id, room, text } });
  while (!page.frames.some(({ ack }) => ack?.id === id)) await Bun.sleep(ackPollMs);
}

function figures(how: string, { acked, cpu, wall, latencies }: Outcome): readonly Figure[] {
  return [
    { what: `acked sends per second, ${how}`, value: acked / wall, unit: "/s" },
    { what: `acked sends per CPU-second, ${how}`, value: acked / cpu, unit: "/CPU-s" },
    { what: `ack p50, ${how}`, value: percentile(latencies, 0.5), unit: "ms" },
    { what: `ack p99, ${how}`, value: percentile(latencies, 0.99), unit: "ms" },
  ];
}
