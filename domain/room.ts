/** A room, who is in it, and the rules for its name and topic. Public, private and direct rooms are one thing. */
import { isBlank } from "./blank.ts";
import { ChatError } from "./errors.ts";
import type { RoomId, UserId } from "./ids.ts";
import { checkOneLine } from "./text.ts";
import type { User } from "./user.ts";

export type Visibility = "public" | "private" | "direct";

/** Where a room's stream stands: offsets continue within one epoch and start anew with another. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface Room extends Position {
  readonly id: RoomId;
  /** The readable name in URLs. A private room's ends in a random part, so that names in use can't be probed. */
  readonly slug: string;
  readonly name: string;
  readonly topic: string;
  readonly visibility: Visibility;
  readonly memberCount: number;
  /** Keeps the room in order until there are moderators. */
  readonly createdBy: UserId;
  readonly createdAt: string;
  /** Of a direct room that its second person has not answered yet. */
  readonly request?: DirectRequest;
}

/**
 * Where a direct room stands until its second person answers. From somebody they know it is in their list at once ("unanswered"). From a
 * stranger it is a message request: in no list and no count of theirs until they accept it, and to its sender "declined" looks the same.
 */
export interface DirectRequest {
  readonly to: UserId;
  readonly state: "unanswered" | "requested" | "declined";
}

export interface Membership {
  readonly user: UserId;
  readonly room: RoomId;
  readonly joinedAt: string;
  /** Highest offset this person has read. */
  readonly readOffset: number;
}

export type Peer = Pick<User, "id" | "name" | "kind">;

/** A room as one viewer meets it. Without a membership it can only be a public one. */
export interface RoomAccess {
  readonly room: Room;
  readonly membership: Membership | undefined;
  /** The other person of a direct room, as seen by the viewer. */
  readonly peer: Peer | undefined;
}

/** A room in the viewer's own list. */
export interface JoinedRoom extends RoomAccess {
  readonly membership: Membership;
  /** Messages of others after readOffset; counted up to maxUnread. */
  readonly unread: number;
  /** How many of the unread ones name the viewer; counted up to maxUnread. */
  readonly mentions: number;
}

export interface NewRoom {
  readonly id: RoomId;
  readonly slug: string;
  readonly name: string;
  readonly visibility: Visibility;
  readonly createdBy: UserId;
  readonly createdAt: string;
  readonly epoch: string;
  /** For direct rooms: the same for the same people. */
  readonly directKey?: string;
  readonly request?: DirectRequest;
}

export const lobbySlug = "lobby";
export const maxRoomNameLength = 48;
export const maxTopicLength = 200;
/** Unread counts stop here; the page shows "99+". */
export const maxUnread = 100;
/** A room in which nothing has happened after this long, not even its opening, was never made: its name is free again. */
export const abandonedMs = 86_400_000;
/** How many rooms one person may be in, direct ones apart: nobody's own rooms depend on who writes to them. */
export const maxRoomsPerPerson = 500;
/** How many direct rooms are listed beside them: together they bound the sidebar, and the subscriptions of a socket. */
export const maxDirectListed = 500;

/** Returns the name trimmed and in NFC, or refuses it. */
export function parseRoomName(raw: string): string {
  const name = raw
    .normalize("NFC")
    .trim()
    .replace(/^#+\s*/, "")
    .replace(/\s+/g, " ");
  const length = [...name].length;
  if (length === 0) throw invalid("name", "Give the room a name.");
  if (length > maxRoomNameLength) throw invalid("name", `A room's name has at most ${maxRoomNameLength} characters.`);
  checkOneLine(raw.trim(), "name");
  if (isBlank(name)) throw invalid("name", "Give the room a name.");
  return name;
}

export function parseTopic(raw: string): string {
  const topic = raw.normalize("NFC").trim();
  if ([...topic].length > maxTopicLength) throw invalid("topic", `A topic has at most ${maxTopicLength} characters.`);
  checkOneLine(topic, "topic");
  return topic;
}

export function parseVisibility(raw: string): "public" | "private" {
  if (raw === "public" || raw === "private") return raw;
  throw invalid("visibility", 'The visibility is "public" or "private".');
}

/** Letters and digits of any script in lower case, joined by dashes; "room" for a name without any, such as ++ or 👩‍💻. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}\p{M}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return slug === "" ? "room" : slug;
}

/** The same whoever notices, stores included. */
export function nameTaken(cause?: unknown): ChatError {
  return new ChatError("conflict", "There is a room with this name, or one that looks like it; choose another.", {
    ...(cause === undefined ? {} : { cause }),
    field: "name",
  });
}

/** Whether the room waits for this person's consent. */
export function isRequestTo({ request }: Pick<Room, "request">, user: UserId): boolean {
  return request?.to === user && request.state !== "unanswered";
}

/** Whether nobody has accepted it yet: then neither is told anything of the other but the messages. */
export function isRequest({ request }: Pick<Room, "request">): boolean {
  return request !== undefined && request.state !== "unanswered";
}

/** Whether this person's messages to the room wait for the other's consent. */
export function isRequestFrom(room: Pick<Room, "request">, user: UserId): boolean {
  return isRequest(room) && room.request?.to !== user;
}

export function directKeyOf(users: readonly UserId[]): string {
  return [...new Set(users)].sort().join(":");
}

function invalid(field: string, sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field });
}
