/** From what the domain knows to what the API gives; schemas.ts documents it. */
import { isGrowing } from "#domain/grown-texts.ts";
import type { Message } from "#domain/message.ts";
import { versionOf } from "#domain/message-version.ts";
import type { Invitation, MessageRequest, Ports } from "#domain/ports/index.ts";
import type { ProgramToken } from "#domain/program-token.ts";
import type { Room, RoomAccess } from "#domain/room.ts";
import type { Session } from "#domain/session.ts";
import type { Author } from "#domain/user.ts";

export function userShape({ id, name }: Author) {
  return { id, name };
}

/** Part of the answer to what somebody says; nothing where everybody named was notified. */
export function notHereOf({ absent }: { readonly absent: readonly Author[] }) {
  return absent.length === 0 ? {} : { notHere: absent.map(userShape) };
}

export function roomShape({ room, peer }: Pick<RoomAccess, "room" | "peer">) {
  const { id, slug, name, topic, visibility, memberCount, createdAt, epoch, offset } = room;
  const shape = { id, slug, name: peer?.name ?? name, topic, visibility, memberCount, createdAt, epoch, offset };
  const { request } = room;
  if (request === undefined || request.state === "unanswered") return shape;
  return { ...shape, request: request.to === peer?.id ? ("sent" as const) : ("received" as const) };
}

export function invitationShape({ room, by, at }: Invitation) {
  const { id, slug, name, visibility } = room;
  return { kind: "room" as const, room: { id, slug, name, visibility }, by: userShape(by), at };
}

export function requestShape({ room: id, slug, from, at }: MessageRequest) {
  const room = { id, slug, name: from.name, visibility: "direct" as const };
  return { kind: "direct" as const, room, by: userShape(from), at };
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
  const shape = { ...message, version: versionOf(message) };
  return isGrowing(message) ? { ...shape, growing: true as const } : shape;
}

export function sessionShape({ id, createdAt, lastSeenAt, device }: Session, current: string) {
  return { id, createdAt, lastSeenAt, device, current: id === current };
}

/** @param user who it speaks as */
export function tokenShape(token: ProgramToken, user: Author) {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt = null } = token;
  return { id, name, user: userShape(user), scopes, createdAt, expiresAt, lastUsedAt };
}
