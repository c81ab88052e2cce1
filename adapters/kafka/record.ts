/**
 * An event as a record of the topic, and back. The topic may hold anything, so reading takes nothing on trust: what is not
 * exactly an event as it is written here is refused with the reason.
 */
import { answerStates } from "#domain/answer.ts";
import { maxEmojiBytes } from "#domain/emoji.ts";
import type { EventBody, EventType, LoggedEvent } from "#domain/events.ts";
import { isEventId, isUuid } from "#domain/ids.ts";
import { firstLevel, levelOf, maxLevel, thisBuild } from "#domain/levels.ts";
import { byteLength } from "#domain/text.ts";

/** The lowest level that can read the record (domain/levels.ts). */
export const levelHeader = "superchat-version";
export const requestIdHeader = "request-id";

export const maxExtBytes = 16 * 1024;

/** A record before it has a place in a topic. */
export interface OutgoingRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What of a record that was read counts here. */
export interface IncomingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

export function encodeEvent(event: LoggedEvent, requestId?: string): OutgoingRecord {
  return {
    key: event.room,
    value: Buffer.from(JSON.stringify(event)),
    headers: {
      [levelHeader]: String(levelOf(event)),
      ...(requestId === undefined ? {} : { [requestIdHeader]: requestId }),
    },
  };
}

/** @throws Error when the record says of no level that it has it */
export function levelOfRecord({ headers }: Pick<IncomingRecord, "headers">): number {
  const told = String(headers?.[levelHeader] ?? "");
  if (!/^[1-9]\d*$/.test(told) || Number(told) > maxLevel)
    throw new Error(`its level is ${JSON.stringify(told.slice(0, 100))}`);
  return Number(told);
}

/**
 * @param unwritten nobody writes this level, or a higher one
 * @throws Error whose message says why this is no event that can be read here
 */
export function decodeEvent(record: IncomingRecord, unwritten: number = thisBuild.reads + 1): LoggedEvent {
  const { key, value, headers } = record;
  const level = levelOfRecord(record);
  if (level >= unwritten) throw new Error(`its level is ${level}, and nobody writes that`);
  if (value === null) throw new Error("it is empty");
  const event = parseEvent(decodeJson(value));
  if (levelOf(event) !== level) throw new Error(`its level is ${level} outside and ${levelOf(event)} inside`);
  if (key?.toString() !== event.room) throw new Error("its key is not its room");
  const request = String(headers?.[requestIdHeader] ?? "");
  if (requestIdShape.test(request)) requests.set(event, request);
  return event;
}

const requestIdShape = /^[\w.-]{1,64}$/;
const requests = new WeakMap<LoggedEvent, string>();

/** The request that a decoded event's record names: beside the event, which is the same whichever way it came. */
export function requestOf(event: LoggedEvent): string | undefined {
  return requests.get(event);
}

function decodeJson(value: Buffer): unknown {
  try {
    return JSON.parse(strictText.decode(value));
  } catch (error) {
    throw new Error("it is not JSON", { cause: error });
  }
}

const strictText = new TextDecoder("utf-8", { fatal: true });

function parseEvent(raw: unknown): LoggedEvent {
  if (!isObject(raw)) throw new Error("it is not an object");
  const { type } = raw;
  if (!isEventType(type)) throw new Error(`its type is ${JSON.stringify(type)?.slice(0, 100)}`);
  const checks: Checks = { ...head, type: text, ...bodies[type] };
  for (const [name, passes] of Object.entries(checks)) {
    if (!passes(raw[name])) throw new Error(`its "${name}" is not what ${type} has`);
  }
  const unknown = Object.keys(raw).find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) throw new Error(`${type} has no ${JSON.stringify(unknown.slice(0, 100))}`);
  // Every field of this type was checked and nothing else is there.
  return raw as unknown as LoggedEvent;
}

type Check = (value: unknown) => boolean;
type Checks = Readonly<Record<string, Check>>;
/** One check for every field, optional ones included: a new field or type does not compile until it has its check. */
type ChecksOf<Fields> = { readonly [Name in keyof Fields]-?: Check };

const text: Check = (value) => typeof value === "string";
/** No more than bounded here: another version may know emoji that this one does not. */
const emoji: Check = (value) => typeof value === "string" && value !== "" && byteLength(value) <= maxEmojiBytes;
const uuid: Check = (value) => typeof value === "string" && isUuid(value);
const uuids: Check = (value) => Array.isArray(value) && value.every(uuid);
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const time: Check = (value) =>
  typeof value === "string" &&
  /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const person: Check = (value) =>
  isObject(value) && uuid(value.id) && text(value.name) && Object.keys(value).length === 2;
const answer: Check = (value) =>
  isObject(value) &&
  uuid(value.question) &&
  uuid(value.asker) &&
  answerStates.some((state) => state === value.state) &&
  (value.model === undefined || text(value.model)) &&
  Object.keys(value).length === (value.model === undefined ? 3 : 4);
const quote: Check = (value) =>
  isObject(value) &&
  uuid(value.id) &&
  Number.isSafeInteger(value.offset) &&
  person(value.author) &&
  text(value.text) &&
  (value.deleted === undefined || value.deleted === true) &&
  Object.keys(value).length === (value.deleted === undefined ? 4 : 5);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const head: ChecksOf<Pick<LoggedEvent, "id" | "room" | "author" | "at" | "level" | "ext">> = {
  id: (value) => typeof value === "string" && isEventId(value),
  room: uuid,
  author: person,
  at: time,
  level: optional((value) => Number.isSafeInteger(value) && (value as number) > firstLevel),
  // What is in it is for others, but it is kept and passed on: so it has a bound.
  ext: optional((value) => isObject(value) && byteLength(JSON.stringify(value)) <= maxExtBytes),
};

const bodies: { readonly [Type in EventType]: ChecksOf<Omit<Extract<EventBody, { type: Type }>, "type">> } = {
  "room.created": { name: text },
  "room.topic-changed": { topic: text },
  "member.joined": { member: person },
  "member.left": { member: person },
  "message.posted": {
    ...{ text, mentions: uuids, named: optional(texts) },
    ...{ replyTo: optional(quote), answer: optional(answer) },
  },
  "message.edited": { message: uuid, text, mentions: uuids, named: optional(texts), answer: optional(answer) },
  "message.deleted": { message: uuid },
  "reaction.added": { message: uuid, emoji },
  "reaction.removed": { message: uuid, emoji },
  "event.discarded": {},
};

function isEventType(type: unknown): type is EventType {
  return typeof type === "string" && Object.hasOwn(bodies, type);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
