/** What the model gets to read of a room for one question: what was said up to it, and what it answers. */
import { isChatError, unlessUnavailable } from "#domain/errors.ts";
import type { EventId } from "#domain/ids.ts";
import { answeredBy, type Message } from "#domain/message.ts";
import { quoteOf } from "#domain/quote.ts";
import { type HistoryPorts, readMessages } from "#domain/read-history.ts";
import { readChain } from "#domain/read-message.ts";
import type { Room } from "#domain/room.ts";

/** Messages of the room that are looked at; the model's window may hold fewer. */
const maxContextMessages = 30;
/** How far replies are followed back. */
export const maxChain = 8;

export interface Context {
  /** Oldest first; the last one is the question, which is there even when nothing else can be read. */
  readonly messages: readonly Message[];
  /** What the question answers, what that answers and so on, nearest first. */
  readonly answered: readonly Message[];
}

export async function readContext(ports: HistoryPorts, room: Room, question: Message): Promise<Context> {
  const recent = await upToQuestion(ports, room, question);
  const asked = recent.at(-1) ?? question;
  const answered = asked.replyTo === undefined ? [] : await followed(ports, room, asked.replyTo.id, recent);
  // Nothing answers itself, whatever stands in the store.
  const others = answered.filter(({ id }) => id !== asked.id);
  return { messages: [...recent.slice(0, -1), asNow(asked, others[0])], answered: others };
}

async function upToQuestion(ports: HistoryPorts, room: Room, question: Message): Promise<readonly Message[]> {
  try {
    const { items: messages } = await readMessages(ports, room, { limit: maxContextMessages });
    const at = messages.findIndex(({ id }) => id === question.id);
    return at < 0 ? [...messages, question] : messages.slice(0, at + 1);
  } catch (error) {
    if (isChatError(error, "unavailable")) return [question];
    throw error;
  }
}

/** From message to message among those that are here already; what is older is read at once. */
async function followed(
  ports: HistoryPorts,
  room: Room,
  first: EventId,
  recent: readonly Message[],
): Promise<readonly Message[]> {
  const byId = new Map(recent.map((message) => [message.id, message]));
  const chain: Message[] = [];
  let next: EventId | undefined = first;
  while (next !== undefined && chain.length < maxChain) {
    const message = byId.get(next);
    if (message === undefined) break;
    if (message.deleted) return chain;
    // Nothing comes twice, so what runs in a circle ends.
    byId.delete(next);
    chain.push(message);
    next = answeredBy(message);
  }
  if (next === undefined || chain.length === maxChain) return chain;
  const older = await unlessUnavailable(readChain(ports, room, next, maxChain - chain.length));
  return [...chain, ...(older ?? [])];
}

/** What was quoted when the question was sent may read otherwise by now, or be gone: then it is not quoted any more. */
function asNow({ replyTo, ...question }: Message, answered: Message | undefined): Message {
  return answered === undefined || answered.id !== replyTo?.id ? question : { ...question, replyTo: quoteOf(answered) };
}
