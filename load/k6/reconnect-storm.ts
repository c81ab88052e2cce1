/**
 * All sockets are closed at the same moment, others go on talking, and everybody comes back at the same moment: to exactly where they
 * were. Run: `npm run load -- reconnect-storm`; load/README.md has the rest.
 */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { talk } from "./shared/talk.ts";
import { waitUntil } from "./shared/waiting.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("reconnect-storm", __ENV);
/** They stay and talk. */
const talkers = 2;
/** Between two storms everybody is there for so long. */
const calmMs = 2_000;
const awayMs = chosen.away * 1_000;
const roundMs = calmMs + awayMs;
const lengthMs = chosen.rounds * roundMs + calmMs;
const sockets = chosen.people * chosen.sockets;

export const options = plan({
  scenario: "reconnect-storm",
  users: talkers + chosen.people,
  seconds: lengthMs / 1_000,
  readings: talkers + sockets,
  limits: {
    ...{ chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] },
    chat_resume: chosen["resume-p95"],
  },
  more: { chat_resumed: [`count>=${sockets * chosen.rounds}`], chat_caught_up: ["count>0"] },
});

export const setup = () => moveIn({ scenario: "reconnect-storm", people: talkers + chosen.people, rooms: 1 });

export default async function ({ people, rooms, startsAtMs }: World) {
  const account = openAccount(people[__VU - 1]);
  const isTalker = __VU <= talkers;
  const watches = createWatches();
  const members = await Promise.all(
    Array.from({ length: isTalker ? 1 : chosen.sockets }, () => openMember({ account, reads: rooms, watches })),
  );
  const pace = { fromMs: startsAtMs, untilMs: startsAtMs + lengthMs, thinkS: chosen.think };
  const [first] = members;
  if (isTalker && first !== undefined) await talk(first, rooms, pace);
  for (let round = 0; round < chosen.rounds && !isTalker; round++) {
    const leavesAtMs = startsAtMs + calmMs + round * roundMs;
    await waitUntil(leavesAtMs);
    for (const member of members) member.goAway();
    await waitUntil(leavesAtMs + awayMs);
    await Promise.all(members.map((member) => member.comeBack()));
    // Who is back can write, too.
    await first?.post(rooms[0] ?? "");
  }
  await waitUntil(pace.untilMs);
  await settle(members, chosen.settle);
  account.signOut();
}

export const handleSummary = summaryOf("reconnect-storm");
