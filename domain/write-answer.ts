/** The two events of a bot's answer: it is posted when it begins, and says everything when it ends. */
import { accessRoom } from "./access-room.ts";
import type { Answer } from "./answer.ts";
import { ChatError } from "./errors.ts";
import type { EventId } from "./ids.ts";
import { addMember, type MembershipPorts } from "./membership.ts";
import { maxTextBytes } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { recordEvent } from "./record-event.ts";
import type { Room } from "./room.ts";
import { byteLength } from "./text.ts";
import type { Author } from "./user.ts";

export type AnswerPorts = MembershipPorts & Pick<Ports, "events">;

/** Ids that follow from the question's: made twice, they are one event. */
export interface AnswerIds {
  readonly posted: EventId;
  readonly ended: EventId;
}

export interface AnswerWords {
  readonly text: string;
  readonly answer: Answer;
}

/**
 * The room a bot was called in; a public one it joins. @throws ChatError not-found where it may not read, unavailable
 */
export async function enterRoom(ports: AnswerPorts, bot: Author, ref: string): Promise<Room> {
  const { room, membership } = await accessRoom(ports, bot, ref);
  if (membership === undefined) await addMember(ports, room, bot, bot);
  return room;
}

/** @returns false when it was posted before. @throws ChatError unavailable: try again with the same ids */
export async function postAnswer(
  ports: AnswerPorts,
  bot: Author,
  room: Room,
  { posted }: AnswerIds,
  { text, answer }: AnswerWords,
): Promise<boolean> {
  if ((await ports.events.find(posted)) !== undefined) return false;
  await recordEvent(ports, room.id, bot, { type: "message.posted", text, mentions: [], answer }, posted);
  return true;
}

/** What was posted growing says this from now on. @returns false when it had ended before */
export async function endAnswer(
  ports: AnswerPorts,
  bot: Author,
  room: Room,
  { posted, ended }: AnswerIds,
  { text, answer }: AnswerWords,
): Promise<boolean> {
  if (byteLength(text) > maxTextBytes) throw new ChatError("too-large", "The answer is longer than a message may be.");
  if ((await ports.events.find(ended)) !== undefined) return false;
  await recordEvent(
    ports,
    room.id,
    bot,
    { type: "message.edited", message: posted, text, mentions: [], answer },
    ended,
  );
  return true;
}
