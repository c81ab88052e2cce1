/** What people may do with a bot's answer: stop it while it grows, ask again when it failed. */
import { memberAccess } from "./access-room.ts";
import { administers } from "./administers.ts";
import { ChatError } from "./errors.ts";
import { isGrowing } from "./grown-texts.ts";
import type { EventId } from "./ids.ts";
import type { Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import type { HistoryPorts } from "./read-history.ts";
import { readMessage } from "./read-message.ts";
import type { Room } from "./room.ts";
import { type SendPorts, type Sent, sendMessage } from "./send-message.ts";
import type { Author } from "./user.ts";

export type StopPorts = HistoryPorts & Pick<Ports, "rooms" | "users" | "signals">;

/** Of which room (id or slug), which answer. */
export interface AnswerRef {
  readonly room: string;
  readonly message: EventId;
}

/** Tells the bot to end it; one that has ended already stays as it is. Its own bot writes the end. */
export async function stopAnswer(ports: StopPorts, person: Author, ref: AnswerRef): Promise<void> {
  const { room, message } = await answerOf(ports, person, ref);
  if (message.answer?.asker !== person.id && !(await administers(ports, person, room))) {
    throw new ChatError("forbidden", "Only the person who asked and the room's administrator can stop an answer.");
  }
  if (!isGrowing(message)) return;
  await ports.signals.toUser(message.author.id, { type: "stop", room: room.id, message: message.id });
}

/** Sends the question again, as whoever asks again. */
export async function askAgain(ports: SendPorts & HistoryPorts, person: Author, ref: AnswerRef): Promise<Sent> {
  const { room, message } = await answerOf(ports, person, ref);
  const question = message.answer && (await readMessage(ports, room, message.answer.question));
  if (question === undefined || question.deleted) {
    throw new ChatError("not-found", "The question is gone; ask it anew.");
  }
  // One that answered what is deleted by now stands for itself.
  const replyTo = question.replyTo?.deleted ? undefined : question.replyTo?.id;
  return await sendMessage(ports, person, { room: room.id, text: question.text, replyTo });
}

async function answerOf(
  ports: HistoryPorts & Pick<Ports, "rooms">,
  person: Author,
  { room: ref, message: id }: AnswerRef,
): Promise<{ readonly room: Room; readonly message: Message }> {
  const { room } = await memberAccess(ports, person, ref);
  const message = await readMessage(ports, room, id);
  if (message?.answer === undefined) throw new ChatError("not-found", "There is no such answer in this room.");
  return { room, message };
}
