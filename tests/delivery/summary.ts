/** What a run did and found, in words and figures. */
import { groupBy } from "./check.ts";
import type { Outcome } from "./run.ts";

/** One broken promise breaks often. */
const shownOfARule = 8;

export function summary({ violations, history, faults, pairs, seconds }: Outcome): string {
  const { sends, readers, stored, log, lives, poisons, deadLetters } = history;
  const shown = readers.flatMap((reader) => reader.shown);
  const count = (type: string) => shown.filter((each) => each.type === type).length;
  const again = sends.filter(({ tries }) => tries > 1).length;
  const figures = {
    seconds: Math.round(seconds),
    "messages sent": sends.length,
    acked: sends.filter(({ ackedAt }) => ackedAt !== undefined).length,
    "sent more than once": again,
    refused: sends.filter(({ refused }) => refused !== undefined).length,
    "records in the log": log.length,
    "events stored": stored.length,
    readers: readers.length,
    "live frames": count("live"),
    resets: count("reset"),
    "rooms read anew": count("read"),
    "lives of Redis": lives.length + 1,
    questions: stored.filter(({ text }) => text.includes("@superchat")).length,
    "of them without a name": stored.filter(({ text, namesNobody }) => namesNobody && text.includes("@superchat"))
      .length,
    poisons: poisons.length,
    "dead letters": deadLetters.length,
    faults: [...faults.values()].reduce((sum, times) => sum + times, 0),
    "of them pairs": pairs,
  };
  const injected = [...faults].map(([name, times]) => `${name} ${times}`).join(", ");
  const broken = [...groupBy(violations, ({ rule }) => rule)].flatMap(([rule, found]) => [
    ...found.slice(0, shownOfARule).map(({ sentence }) => `BROKEN ${rule}: ${sentence}`),
    ...(found.length > shownOfARule ? [`and ${found.length - shownOfARule} more of these`] : []),
  ]);
  return [
    Object.entries(figures)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    `faults by name: ${injected}`,
    ...broken,
    violations.length === 0 ? "Every promise was kept." : `${violations.length} promises were broken.`,
  ].join("\n");
}
