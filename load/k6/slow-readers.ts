/**
 * Some readers stop reading while large messages come fast. They are sent away, come back and resume without loss; nobody else feels
 * it. The server runs with LIMITS=off. Run: `npm run load -- slow-readers`; load/README.md has the rest.
 */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { readUntilSentAway } from "./shared/slow-reader.ts";
import { waitUntil } from "./shared/waiting.ts";
import { stamped } from "./shared/words.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("slow-readers", __ENV);
const everyMs = (chosen.people * 1_000) / chosen.rate;

export const options = plan({
  scenario: "slow-readers",
  users: chosen.people + chosen.slow,
  seconds: chosen.seconds + chosen.stall,
  readings: chosen.people + chosen.slow,
  // Of those who read all the time: the slow ones are not timed.
  limits: { chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] },
  more: { chat_sent_away: [`count>=${chosen.slow}`], chat_resumed: [`count>=${chosen.slow}`] },
});

export const setup = () => moveIn({ scenario: "slow-readers", people: chosen.people + chosen.slow, rooms: 1 });

export default async function ({ people, rooms, startsAtMs }: World) {
  const person = people[__VU - 1];
  const [room = ""] = rooms;
  const endsAtMs = startsAtMs + chosen.seconds * 1_000;
  const account = openAccount(person);
  const watches = createWatches();
  if (__VU > chosen.people) {
    const stall = { stallAtMs: startsAtMs, stallS: chosen.stall, untilMs: endsAtMs + chosen.stall * 1_000 };
    const bookmark = readUntilSentAway({ token: await account.token(), watch: watches(room), ...stall });
    const back = await openMember({ account, reads: rooms, watches, bookmark });
    await waitUntil(endsAtMs);
    await settle([back], chosen.settle);
    return account.signOut();
  }
  const member = await openMember({ account, reads: rooms, watches });
  await waitUntil(startsAtMs + Math.random() * everyMs);
  const sent: Promise<unknown>[] = [];
  for (let dueMs = Date.now(); dueMs < endsAtMs; dueMs += everyMs) {
    await waitUntil(dueMs);
    sent.push(member.post(room, stamped("x".repeat(chosen.bytes - stamped("").length))));
  }
  await Promise.all(sent);
  await settle([member], chosen.settle);
  account.signOut();
}

export const handleSummary = summaryOf("slow-readers");
