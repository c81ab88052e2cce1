/** Messages and events as the API takes and gives them: schemas.ts says how schemas are meant. */
import { z } from "zod";
import { answerStates } from "#domain/answer.ts";
import { maxTextBytes } from "#domain/message.ts";
import { maxQuoteCharacters } from "#domain/quote.ts";
import { epoch, id, list, offset, time, user } from "./schemas.ts";

const answer = z
  .object({
    question: id,
    asker: id.meta({ description: "May stop it." }),
    state: z.enum(answerStates),
    model: z.string().optional().meta({ description: "What wrote it." }),
  })
  .meta({ id: "BotAnswer", description: "Of a bot's answer: to what, and how it stands." });
const reaction = z
  .object({ emoji: z.string(), users: list(id).meta({ description: "Who chose it, in the order they did." }) })
  .meta({ id: "Reaction" });
const quote = z
  .object({
    id: id.meta({ description: "Of the message that is answered." }),
    offset,
    author: user,
    text: z.string().meta({ description: `One line of it, at most ${maxQuoteCharacters} characters; empty: deleted.` }),
    deleted: z.literal(true).optional(),
  })
  .meta({
    id: "Quote",
    description:
      "What a message answers, as it reads now; in an event that is told live, as it read when that was sent.",
  });
const named = list(z.string()).optional().meta({
  description:
    "Names in its text, in lower case, that stand out on pages. Absent where they are the words after each @ of a message that mentions somebody.",
});
const message = z
  .object({
    id,
    room: id,
    offset,
    author: user,
    text: z.string(),
    at: time,
    mentions: list(id).meta({ description: "Ids of the people it names or answers." }),
    named,
    replyTo: quote.optional(),
    editedAt: time.optional(),
    version: z.string().meta({ description: "Another one when it says something else; for If-Match, in quotes." }),
    deleted: z.literal(true).optional(),
    reactions: list(reaction).optional().meta({ description: "In the order in which they first came." }),
    answer: answer.optional(),
    growing: z.literal(true).optional().meta({ description: "A bot is still writing it: text is the text so far." }),
    note: z.string().optional().meta({ description: "What a growing answer waits for." }),
  })
  .meta({ id: "Message", description: "A message as it reads now." });
export const messageAnswer = z.object({ message }).meta({ id: "MessageAnswer" });
export const messagePage = z
  .object({
    items: list(message).meta({ description: "Newest last." }),
    epoch,
    next: z.union([z.int(), z.null()]).meta({ description: "Give it as before for older ones; null at the first." }),
  })
  .meta({ id: "MessagePage" });

const eventHead = { id, room: id, offset, author: user, at: time };
const deletedSince = z
  .literal(true)
  .optional()
  .meta({ description: "The message was deleted since: its text is empty, and it names nobody." });
const roomEvent = z
  .discriminatedUnion("type", [
    z.object({ ...eventHead, type: z.literal("room.created"), name: z.string() }),
    z.object({ ...eventHead, type: z.literal("room.topic-changed"), topic: z.string() }),
    z.object({ ...eventHead, type: z.literal("member.joined"), member: user }),
    z.object({ ...eventHead, type: z.literal("member.left"), member: user }),
    z.object({
      ...eventHead,
      type: z.literal("message.posted"),
      text: z.string(),
      mentions: list(id),
      named,
      replyTo: quote.optional(),
      answer: answer.optional(),
      deleted: deletedSince,
    }),
    z.object({
      ...eventHead,
      type: z.literal("message.edited"),
      message: id,
      text: z.string(),
      mentions: list(id),
      named,
      answer: answer.optional(),
      deleted: deletedSince,
    }),
    z.object({ ...eventHead, type: z.literal("message.deleted"), message: id }),
    z.object({ ...eventHead, type: z.literal("reaction.added"), message: id, emoji: z.string() }),
    z.object({ ...eventHead, type: z.literal("reaction.removed"), message: id, emoji: z.string() }),
    z.object({ ...eventHead, type: z.literal("event.discarded") }),
  ])
  .meta({
    id: "RoomEvent",
    description: "Something that changed what the room shows. Types may be added: pass over unknown ones.",
  });
export const eventPage = z
  .object({
    items: list(roomEvent).meta({ description: "In order, without holes." }),
    epoch,
    offset: offset.meta({ description: "Of the room's newest event, whether in this page or not." }),
    next: z
      .union([z.int(), z.null()])
      .meta({ description: "Give it as after for the following ones; null at the end." }),
  })
  .meta({ id: "EventPage" });
const notHere = list(user)
  .optional()
  .meta({ description: "Who is named in it and is not in the room, so they were not notified. Absent: nobody." });
export const sent = z.object({ id, notHere }).meta({ id: "Sent" });
export const edited = z.object({ message, notHere }).meta({ id: "Edited" });

const eventIdFormat = {
  format: "uuid",
  pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
};
export const messageInput = z
  .object({
    id: z
      .string()
      .optional()
      .meta({
        description:
          "A UUID of version 7 that you make, the same for every try: it makes sending twice safe, for good.",
        ...eventIdFormat,
      }),
    text: z.string().meta({
      description: `Markdown; at most ${maxTextBytes} bytes of UTF-8.`,
      minLength: 1,
      maxLength: maxTextBytes,
    }),
    resend: z.boolean().optional().meta({ description: "True when it may have been sent before, however long ago." }),
    replyTo: z
      .string()
      .optional()
      .meta({
        description: "The id of a message of this room, not a deleted one: yours answers it, and names its author.",
        ...eventIdFormat,
      }),
  })
  .meta({ id: "MessageInput", examples: [{ text: "Hello from a program" }] });

export const editInput = z
  .object({ text: messageInput.shape.text })
  .meta({ id: "EditInput", examples: [{ text: "Hello from a better program" }] });
