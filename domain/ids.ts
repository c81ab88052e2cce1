/** Branded identifiers and how they are parsed. All are UUIDs in lower case; event ids are version 7. */
import { ChatError } from "./errors.ts";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<"UserId">;
export type RoomId = Branded<"RoomId">;
export type EventId = Branded<"EventId">;
export type SessionId = Branded<"SessionId">;
export type ProgramTokenId = Branded<"ProgramTokenId">;
export type HookId = Branded<"HookId">;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isUuid(raw: string): boolean {
  return uuid.test(raw);
}

export function isEventId(raw: string): raw is EventId {
  return uuid.test(raw) && raw[14] === "7";
}

/** Refuses anything but a UUID of version 7 (RFC 9562); upper case is accepted and folded. */
export function parseEventId(raw: string, field = "id"): EventId {
  const id = raw.toLowerCase();
  if (isEventId(id)) return id;
  throw new ChatError("invalid", "An event id must be a UUID of version 7.", { field });
}

/** The ids in what somebody hands in: what the message is called, and what it answers. */
export function parseDraftIds({ id, replyTo }: { id?: string | undefined; replyTo?: string | undefined }) {
  return {
    id: id === undefined ? undefined : parseEventId(id),
    replyTo: replyTo === undefined ? undefined : parseEventId(replyTo, "replyTo"),
  };
}

/** When a UUID of version 7 says it was made, in milliseconds since 1970. Its maker's clock, so never to be trusted alone. */
export function madeAtMs(id: EventId): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** An id that is no UUID names nothing, so it is answered like an unknown one. */
export function parseUserId(raw: string): UserId {
  const id = raw.toLowerCase();
  if (isUuid(id)) return id as UserId;
  throw new ChatError("not-found", "There is no such person.");
}

/** Of a message in an address: what can't be an id names nothing. */
export function parseMessageId(raw: string): EventId {
  const id = raw.toLowerCase();
  if (isEventId(id)) return id;
  throw new ChatError("not-found", "There is no such message in this room.");
}

export function parseProgramTokenId(raw: string): ProgramTokenId {
  const id = raw.toLowerCase();
  if (isUuid(id)) return id as ProgramTokenId;
  throw new ChatError("not-found", "There is no such token.");
}

export function parseHookId(raw: string): HookId {
  const id = raw.toLowerCase();
  if (isUuid(id)) return id as HookId;
  throw new ChatError("not-found", "The room has no such webhook.");
}

export function parseSessionId(raw: string): SessionId {
  const id = raw.toLowerCase();
  if (isUuid(id)) return id as SessionId;
  throw new ChatError("not-found", "There is no such session.");
}
