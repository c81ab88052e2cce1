/**
 * Hours of chat with people who come and go: latencies of the first, the middle and the last third are kept apart, so that a slow
 * decline shows. Run: `npm run load -- soak --seconds 7200`; load/README.md has the rest.
 */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { inEachPart, plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { talk } from "./shared/talk.ts";
import { about, wait } from "./shared/waiting.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("soak", __ENV);
const lengthMs = chosen.seconds * 1_000;
const parts = ["first third", "middle third", "last third"] as const;
/** Everybody is away so often in the whole run, or each few minutes in a long one. */
const leastAbsences = 3;
const mostTimeHereMs = 180_000;
const absenceMs = 2_000;
const hereMs = Math.min(mostTimeHereMs, lengthMs / (leastAbsences + 1));

export const options = plan({
  scenario: "soak",
  users: chosen.people,
  seconds: chosen.seconds,
  readings: chosen.people,
  limits: inEachPart(parts, { chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] }),
  heardIn: parts,
  more: { chat_resumed: ["count>0"] },
});

export const setup = () => moveIn({ scenario: "soak", ...chosen, roomsOf: (person) => [person % chosen.rooms] });

export default async function ({ people, rooms, startsAtMs }: World) {
  const person = __VU - 1;
  const account = openAccount(people[person]);
  const mine = [rooms[person % chosen.rooms] ?? ""];
  const endsAtMs = startsAtMs + lengthMs;
  const part = () => parts[Math.floor((3 * (Date.now() - startsAtMs)) / lengthMs)] ?? "last third";
  const member = await openMember({ account, reads: mine, watches: createWatches(), part });
  for (let leavesAtMs = startsAtMs; leavesAtMs < endsAtMs; ) {
    leavesAtMs = Math.min(endsAtMs, Date.now() + about(hereMs));
    await talk(member, mine, { fromMs: startsAtMs, untilMs: leavesAtMs, thinkS: chosen.think });
    if (leavesAtMs === endsAtMs) break;
    member.goAway();
    await wait(about(absenceMs));
    await member.comeBack();
  }
  await settle([member], chosen.settle);
  account.signOut();
}

export const handleSummary = summaryOf("soak");
