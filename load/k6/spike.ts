/**
 * Few people talk; then a crowd comes into their room all at once, talks for a third of the time, and falls silent. Latencies are
 * kept apart for before, during and after. Run: `npm run load -- spike`; load/README.md has the rest.
 */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { inEachPart, plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { talk } from "./shared/talk.ts";
import { wait, waitUntil } from "./shared/waiting.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("spike", __ENV);
const regulars = 3;
/** The crowd comes within this time. */
const arrivalMs = 500;
const thirdMs = (chosen.seconds * 1_000) / 3;
const parts = ["before", "during", "after"] as const;

export const options = plan({
  scenario: "spike",
  users: regulars + chosen.people,
  seconds: chosen.seconds,
  readings: regulars + chosen.people,
  limits: inEachPart(parts, { chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] }),
  heardIn: parts,
});

export const setup = () => moveIn({ scenario: "spike", people: regulars + chosen.people, rooms: 1 });

export default async function ({ people, rooms, startsAtMs }: World) {
  const account = openAccount(people[__VU - 1]);
  const isRegular = __VU <= regulars;
  const comesAtMs = startsAtMs + thirdMs;
  const silentAtMs = comesAtMs + thirdMs;
  const endsAtMs = silentAtMs + thirdMs;
  const part = () => (Date.now() < comesAtMs ? parts[0] : Date.now() < silentAtMs ? parts[1] : parts[2]);
  if (!isRegular) {
    await waitUntil(comesAtMs);
    await wait(Math.random() * arrivalMs);
  }
  const member = await openMember({ account, reads: rooms, watches: createWatches(), part });
  const [fromMs, untilMs] = isRegular ? [startsAtMs, endsAtMs] : [Date.now(), silentAtMs];
  await talk(member, rooms, { fromMs, untilMs, thinkS: chosen.think });
  await waitUntil(endsAtMs);
  await settle([member], chosen.settle);
  account.signOut();
}

export const handleSummary = summaryOf("spike");
