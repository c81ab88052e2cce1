import { describe, expect, test } from "bun:test";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import type { EventBody, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import type { Message } from "./message.ts";
import { entriesAmong } from "./message-changes.ts";
import type { Quote } from "./quote.ts";
import type { Author } from "./user.ts";

const [ada, bob] = [samplePerson("Ada"), samplePerson("Bob")];
const room = sampleRoom();
const id = () => Bun.randomUUIDv7() as EventId;
let offset = 0;

function next(author: Author, body: EventBody): RoomEvent {
  offset += 1;
  return { id: id(), room, author, at: new Date(offset).toISOString(), offset, ...body };
}

const first = { ...samplePost(room, "first", { author: ada }), offset: 1 };
const quote: Quote = { id: first.id, offset: 1, author: ada, text: "first" };
const answer = next(bob, { type: "message.posted", text: "yes", mentions: [ada.id], replyTo: quote });
const edit = (text: string, by = ada, message = first.id) =>
  next(by, { type: "message.edited", message, text, mentions: [] });
const deletion = (by = ada, message = first.id) => next(by, { type: "message.deleted", message });

function answered(...events: readonly RoomEvent[]): Message | undefined {
  const messages = entriesAmong(events).flatMap((entry) => (entry.kind === "message" ? [entry.message] : []));
  return messages.find((message) => message.id === answer.id);
}

describe("a message that answers another shows it", () => {
  test("as it read when the answer was sent", () => {
    expect(answered(answer)?.replyTo).toEqual(quote);
  });

  test("as it was edited since, also when the edit came before", () => {
    expect(answered(answer, edit("second"))?.replyTo).toEqual({ ...quote, text: "second" });
    expect(answered(edit("just before"), answer)?.replyTo?.text).toBe("just before");
  });

  test("no more once it is deleted, whatever comes then", () => {
    const gone = { ...quote, text: "", deleted: true } as const;
    expect(answered(answer, edit("second"), deletion(), edit("third"))?.replyTo).toEqual(gone);
  });

  test("unchanged by anybody but who wrote it", () => {
    expect(answered(answer, edit("by bob", bob), deletion(bob))?.replyTo).toEqual(quote);
  });

  test("also after it was edited itself, and not after it was deleted", () => {
    expect(answered(answer, edit("no", bob, answer.id))).toMatchObject({ text: "no", replyTo: quote });
    expect(answered(answer, deletion(bob, answer.id))).not.toHaveProperty("replyTo");
  });
});
