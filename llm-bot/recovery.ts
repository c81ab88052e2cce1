/** Finds answers that nobody writes any more, and closes those that were asked too long ago. */
import { unlessUnavailable } from "#domain/errors.ts";
import type { EventId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { penTimeoutMs } from "#domain/ports/growing-texts.ts";
import { readMessage } from "#domain/read-message.ts";
import type { Room } from "#domain/room.ts";
import { endAnswer } from "#domain/write-answer.ts";
import { answerIds } from "./answer-ids.ts";
import type { Persona } from "./job.ts";
import { joined, questionDeleted, type WritePorts } from "./write.ts";

/** An answer that was begun longer ago is not gone on with. */
export const resumeAgeMs = 5 * 60_000;
const maxFound = 100;

export interface Unfinished {
  readonly persona: Persona;
  readonly room: Room;
  readonly question: Message;
}

/** @returns those to go on with. @param isHere says whether this bot is writing it */
export async function findUnfinished(
  ports: WritePorts,
  personas: readonly Persona[],
  pen: string,
  isHere: (answer: EventId) => boolean,
): Promise<readonly Unfinished[]> {
  const found: Unfinished[] = [];
  for (const persona of personas) {
    for (const answer of await ports.events.growing(persona.user.id, maxFound)) {
      // One that was just posted may be about to be claimed.
      if (isHere(answer.id) || ports.clock.now() - Date.parse(answer.at) < penTimeoutMs) continue;
      const unfinished = await takeUp(ports, persona, answer, pen);
      if (unfinished !== undefined) found.push(unfinished);
    }
  }
  return found;
}

async function takeUp(
  ports: WritePorts,
  persona: Persona,
  message: Message,
  pen: string,
): Promise<Unfinished | undefined> {
  const { id, room: roomId, answer, at } = message;
  const before = await claimed(ports, message, pen);
  if (before === undefined || answer === undefined) return undefined;
  const access = await ports.rooms.access(roomId, persona.user.id);
  if (access === undefined) return undefined;
  const { room } = access;
  const question = await readMessage(ports, room, answer.question);
  const isYoung = ports.clock.now() - Date.parse(at) < resumeAgeMs;
  if (isYoung && question !== undefined && !question.deleted) return { persona, room, question };
  const text = question?.deleted ? questionDeleted : joined(before, "Interrupted — ask again.");
  const ids = answerIds(persona.user.id, answer.question);
  await endAnswer(ports, persona.user, room, ids, { text, answer: { ...answer, state: "interrupted" } });
  await ports.growing.end(roomId, id);
  return undefined;
}

/** Whoever can't be asked is not known to be silent. */
async function claimed(ports: WritePorts, { id, room }: Message, pen: string): Promise<string | undefined> {
  return (await unlessUnavailable(ports.growing.claim(room, id, pen)))?.text;
}
