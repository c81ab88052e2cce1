/** People in rooms who read, think and write. Run: `npm run load -- chat`, or `k6 run load/k6/chat.ts`; load/README.md has the rest. */
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import { openMember } from "./shared/member.ts";
import { plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { talk } from "./shared/talk.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("chat", __ENV);
const roomsEach = Math.min(2, chosen.rooms);
/** Neighbours share a room, and everybody is in reach of everybody by way of others. */
const roomsOf = (person: number) => Array.from({ length: roomsEach }, (_, n) => (person + n) % chosen.rooms);

export const options = plan({
  scenario: "chat",
  users: chosen.people,
  seconds: chosen.seconds,
  readings: chosen.people * roomsEach,
  limits: { chat_ack: chosen["ack-p95"], chat_delivery: chosen["delivery-p95"] },
});

export const setup = () => moveIn({ scenario: "chat", ...chosen, roomsOf });

export default async function ({ people, rooms, startsAtMs }: World) {
  const person = __VU - 1;
  const account = openAccount(people[person]);
  const mine = roomsOf(person).map((n) => rooms[n] ?? "");
  const member = await openMember({ account, reads: mine, watches: createWatches() });
  await talk(member, mine, { fromMs: startsAtMs, untilMs: startsAtMs + chosen.seconds * 1_000, thinkS: chosen.think });
  await settle([member], chosen.settle);
  account.signOut();
}

export const handleSummary = summaryOf("chat");
