/**
 * Many who send as fast as acks allow, some messages of each on their way at a time: how many a second become durable, in order,
 * and how soon readers have them. The server runs with LIMITS=off. Run: `npm run load -- writer-pressure`; load/README.md has the rest.
 */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { waitUntil } from "./shared/waiting.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("writer-pressure", __ENV);
const roomOf = (person: number) => person % chosen.rooms;

export const options = plan({
  scenario: "writer-pressure",
  // One of k6's users is a whole room, which reads its record once.
  users: chosen.rooms,
  seconds: chosen.seconds,
  readings: chosen.rooms * chosen.readers,
  limits: { chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] },
  more: { chat_acked: ["count>0"] },
});

export const setup = () => moveIn({ scenario: "writer-pressure", ...chosen, roomsOf: (person) => [roomOf(person)] });

export default async function ({ people, rooms, startsAtMs }: World) {
  const number = __VU - 1;
  const room = rooms[number] ?? "";
  const accounts = people.filter((_, person) => roomOf(person) === number).map(openAccount);
  const [somebody = openAccount(undefined)] = accounts;
  const watches = createWatches();
  const readers = await Promise.all(
    Array.from({ length: chosen.readers }, () => openMember({ account: somebody, reads: [room], watches })),
  );
  const senders = await Promise.all(
    accounts.map((account) => openMember({ account, reads: [], writes: [room], watches })),
  );
  await waitUntil(startsAtMs);
  const endsAtMs = startsAtMs + chosen.seconds * 1_000;
  const hurry = async (post: () => Promise<unknown>) => {
    while (Date.now() < endsAtMs) await post();
  };
  await Promise.all(
    senders.flatMap(({ post }) => Array.from({ length: chosen.inflight }, () => hurry(() => post(room)))),
  );
  await settle([...readers, ...senders], chosen.settle);
  for (const account of accounts) account.signOut();
}

export const handleSummary = summaryOf("writer-pressure");
