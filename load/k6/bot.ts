/**
 * Questions to @superchat, each person in a room of their own: when the first words of an answer are there, and when its end. The
 * server needs a language model: docs/bot.md. Run: `npm run load -- bot`; load/README.md has the rest.
 */
import { Counter, Trend } from "k6/metrics";
import { openAccount } from "./shared/account.ts";
import { readSettings } from "./shared/catalogue.ts";
import type { EventData } from "./shared/conversation.ts";
import { openMember } from "./shared/member.ts";
import { plan, summaryOf } from "./shared/plan.ts";
import { createWatches } from "./shared/room-watch.ts";
import { settle } from "./shared/settle.ts";
import { became, waitUntil } from "./shared/waiting.ts";
import { moveIn, type World } from "./shared/world.ts";

const chosen = readSettings("bot", __ENV);
const asked = new Counter("chat_asked");
/** To the end. What failed, or was interrupted, is not an answer. */
const answered = new Counter("chat_answered");
const first = new Trend("chat_bot_first", true);
const whole = new Trend("chat_bot_whole", true);
const questions = [
  "Which three things would you take to a small island?",
  "Explain in two sentences why the sky is blue.",
  "Give me one good reason to get up early.",
  "What is a group commit?",
];

export const options = plan({
  scenario: "bot",
  users: chosen.people,
  seconds: chosen.seconds * chosen.questions,
  readings: chosen.people,
  limits: { chat_bot_first: chosen["first-p95"] },
  more: { chat_answered: [`count==${chosen.people * chosen.questions}`] },
});

export const setup = () =>
  moveIn({ scenario: "bot", people: chosen.people, rooms: chosen.people, roomsOf: (person) => [person] });

interface Answer {
  readonly question: string;
  readonly id: string;
  firstAtMs?: number;
  end?: { readonly atMs: number; readonly state: string };
}

export default async function ({ people, rooms, startsAtMs }: World) {
  const account = openAccount(people[__VU - 1]);
  const room = rooms[__VU - 1] ?? "";
  const answers = new Map<string, Answer>();
  const heard = (event: EventData) => noteAnswer(answers, event);
  const member = await openMember({ account, reads: [room], watches: createWatches(), heard });
  await waitUntil(startsAtMs);
  for (let n = 0; n < chosen.questions; n++) {
    const fromMs = Date.now();
    asked.add(1);
    const question = await member.post(room, `@superchat ${questions[n % questions.length]}`);
    const answer = () => [...answers.values()].find((each) => each.question === question);
    await became(() => answer()?.end !== undefined, chosen.seconds * 1_000);
    const { firstAtMs, end } = answer() ?? {};
    if (end?.state !== "complete") continue;
    first.add((firstAtMs ?? end.atMs) - fromMs);
    whole.add(end.atMs - fromMs);
    answered.add(1);
  }
  await settle([member], chosen.settle);
  account.signOut();
}

/** An answer is posted empty, grows on pages and here, and ends with an edit that has all of it. */
function noteAnswer(answers: Map<string, Answer>, { type, id, message = "", answer, piece }: EventData): void {
  if (type === "message.posted" && answer !== undefined) answers.set(id, { id, question: answer.question });
  const grown = answers.get(message);
  if (grown === undefined) return;
  if (type === "message.grown" && piece) grown.firstAtMs ??= Date.now();
  if (type === "message.edited" && answer !== undefined && answer.state !== "growing")
    grown.end = { atMs: Date.now(), state: answer.state };
}

export const handleSummary = summaryOf("bot");
