/** Events and messages of every kind come as the document says, also those that no call of the API makes. */
import { expect, test } from "bun:test";
import type { Answer } from "#domain/answer.ts";
import type { EventBody, EventType } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Quote } from "#domain/quote.ts";
import { recordEvent } from "#domain/record-event.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { differences, operationsOf, readDocument } from "../support/openapi.ts";
import { until } from "../support/wait.ts";

test("events of every type, and messages that were edited, deleted or are being written", async () => {
  await using gateway = await startGateway();
  const document = await readDocument(gateway.url);
  const ana = await signUpPerson(gateway.url);
  const author = { id: ana.id as UserId, name: ana.name };
  const { id } = await ana.createRoom(freshName("Kinds"));
  const [edited, gone, question] = [await ana.post(id, "one"), await ana.post(id, "two"), await ana.post(id, "three")];
  // Required: the compiler asks for what is added later.
  const answer: Required<Answer> = {
    question: question as EventId,
    asker: author.id,
    state: "growing",
    model: "tiny",
  };
  const quote: Required<Quote> = { id: gone as EventId, offset: 4, author, text: "", deleted: true };
  const bodies: Readonly<Record<EventType, EventBody>> = {
    "room.created": { type: "room.created", name: "Kinds" },
    "room.topic-changed": { type: "room.topic-changed", topic: "all of them" },
    "member.joined": { type: "member.joined", member: author },
    "member.left": { type: "member.left", member: { id: Bun.randomUUIDv7() as UserId, name: "somebody" } },
    "message.posted": { type: "message.posted", text: "", mentions: [author.id], replyTo: quote, answer },
    "message.edited": { type: "message.edited", message: edited as EventId, text: "better", mentions: [author.id] },
    "message.deleted": { type: "message.deleted", message: gone as EventId },
    "reaction.added": { type: "reaction.added", message: edited as EventId, emoji: "👍" },
    "reaction.removed": { type: "reaction.removed", message: edited as EventId, emoji: "🎉" },
    "event.discarded": { type: "event.discarded" },
  };
  for (const body of Object.values(bodies)) await recordEvent(gateway.ports, id as RoomId, author, body);

  await until(
    async () => {
      const { body } = await ana.get(`/rooms/${id}/events`);
      const types = new Set(body.items.map((event: { type: string }) => event.type));
      return Object.keys(bodies).every((type) => types.has(type));
    },
    { what: "an event of every type" },
  );
  const { body } = await ana.get(`/rooms/${id}/messages`);
  for (const field of ["editedAt", "deleted", "replyTo", "answer", "growing", "reactions"]) {
    expect(body.items.filter((message: object) => field in message)).toHaveLength(1);
  }
  for (const operation of operationsOf(document).filter(({ id: name }) => /^list(Messages|Events)$/.test(name))) {
    const path = operation.path.replace("{id}", id);
    const page = await fetch(`${gateway.url}/api/v1${path}`, { headers: { authorization: `Bearer ${ana.token}` } });
    expect(await differences(document, operation, page)).toEqual([]);
  }
});
