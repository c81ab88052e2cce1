/** Puts the text so far into messages that are being written. */

import type { EventId } from "./ids.ts";
import { type Message, offsetOf, type TimelineEntry } from "./message.ts";
import type { GrowingText, Ports } from "./ports/index.ts";

type Growing = Pick<Ports, "growing">;

/** Nobody writes it at the moment: its bot is away, and finishes it or says so when it is back. */
const abandoned: GrowingText = { text: "", note: "Interrupted. It goes on when the bot is back." };

export function isGrowing({ answer }: Message): boolean {
  return answer?.state === "growing";
}

/** All of one room. */
export async function withGrownTexts(ports: Growing, messages: readonly Message[]): Promise<readonly Message[]> {
  const growing = messages.filter(isGrowing);
  const [first] = growing;
  if (first === undefined) return messages;
  const texts = await ports.growing.read(
    first.room,
    growing.map(({ id }) => id),
  );
  return messages.map((message) => (isGrowing(message) ? { ...message, ...textOf(texts, message.id) } : message));
}

export async function entriesWithGrownTexts(
  ports: Growing,
  entries: readonly TimelineEntry[],
): Promise<readonly TimelineEntry[]> {
  const growing = entries.flatMap((entry) =>
    entry.kind === "message" && isGrowing(entry.message) ? entry.message : [],
  );
  if (growing.length === 0) return entries;
  const grown = await withGrownTexts(ports, growing);
  const byOffset = new Map(grown.map((message) => [message.offset, message]));
  return entries.map((entry) => {
    const message = entry.kind === "message" ? byOffset.get(offsetOf(entry)) : undefined;
    return message === undefined ? entry : { kind: "message", message };
  });
}

function textOf(texts: ReadonlyMap<EventId, GrowingText>, id: EventId): GrowingText {
  return texts.get(id) ?? abandoned;
}
