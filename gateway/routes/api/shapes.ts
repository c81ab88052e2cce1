/** What the API takes and gives: zod schemas for input, plain functions for output. */
import { z } from "zod";
import { ChatError } from "#domain/errors.ts";
import { isGrowing } from "#domain/grown-texts.ts";
import type { Message } from "#domain/message.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { Room, RoomAccess } from "#domain/room.ts";
import type { Session } from "#domain/session.ts";
import type { Author } from "#domain/user.ts";
import { readJson } from "../../request-body.ts";

export const credentials = z.object({ name: z.string(), password: z.string() });
export const refreshInput = z.object({ refreshToken: z.string() });
export const roomInput = z.object({ name: z.string(), visibility: z.string() });
export const directInput = z.object({ userIds: z.array(z.string()).min(1).max(16) });
export const messageInput = z.object({ id: z.string().optional(), text: z.string(), resend: z.boolean().optional() });

const defaultPageSize = 50;
export const maxPageSize = 200;
export const maxEventPage = 1_000;
/** After Redis was emptied, offsets go on at the time in microseconds: sixteen digits. */
const wholeNumber = /^\d{1,16}$/;

/** @throws ChatError invalid naming the first field that does not fit */
export async function readInput<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(request));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "body";
  throw new ChatError("invalid", `The field "${field}" does not fit: ${issue?.message ?? "see the documentation"}.`, {
    field,
  });
}

/** A page's size from the query: above the most it is the most. */
export function limitOf(raw: string | undefined, fallback = defaultPageSize, most = maxPageSize): number {
  if (raw === undefined) return fallback;
  const limit = wholeNumber.test(raw) ? Number(raw) : 0;
  if (limit < 1) throw new ChatError("invalid", "A limit is a whole number from 1.", { field: "limit" });
  return Math.min(limit, most);
}

export function offsetFrom(raw: string | undefined, field: string): number | undefined {
  if (raw === undefined) return undefined;
  if (!wholeNumber.test(raw) || !Number.isSafeInteger(Number(raw)))
    throw new ChatError("invalid", "An offset is a whole number from 0.", { field });
  return Number(raw);
}

export function userShape({ id, name }: Author) {
  return { id, name };
}

export function roomShape({ room, peer }: Pick<RoomAccess, "room" | "peer">) {
  const { id, slug, name, topic, visibility, memberCount, createdAt, epoch, offset } = room;
  return { id, slug, name: peer?.name ?? name, topic, visibility, memberCount, createdAt, epoch, offset };
}

/** The room with the position its stream has right now; the store may be behind. */
export async function liveRoomShape(ports: Pick<Ports, "stream">, access: Pick<RoomAccess, "room" | "peer">) {
  return { ...roomShape(access), ...(await livePosition(ports, access.room)) };
}

export async function livePosition(ports: Pick<Ports, "stream">, room: Room) {
  const { epoch, offset } = await ports.stream.head(room.id);
  return { epoch, offset };
}

/** `growing` while a bot is still writing it: then `text` is the text so far, and `note` what it waits for. */
export function messageShape(message: Message) {
  return isGrowing(message) ? { ...message, growing: true } : message;
}

export function sessionShape({ id, createdAt, lastSeenAt, device }: Session, current: string) {
  return { id, createdAt, lastSeenAt, device, current: id === current };
}
