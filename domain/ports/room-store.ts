/** Rooms, who is in them, and what they have read. */
import type { RoomId, UserId } from "../ids.ts";
import type { JoinedRoom, NewRoom, Room, RoomAccess } from "../room.ts";
import type { Author } from "../user.ts";

export interface DirectoryEntry {
  readonly room: Room;
  readonly joined: boolean;
}

/** What a page of rows continues after; opaque to callers. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface PageQuery {
  readonly cursor?: string;
  readonly limit: number;
  /** Only what contains this, both folded (domain/fold.ts). */
  readonly search?: string;
}

/** Rooms and who is in them. Memberships and topics are projections that the event store writes. */
export interface RoomStore {
  /**
   * @returns the room: the new one, or for a direct room the one these people already share.
   * @throws ChatError conflict: field "slug" when a room has it, "name" when a public room's name looks the same as this public one's
   */
  create(room: NewRoom): Promise<{ readonly room: Room; readonly created: boolean }>;

  /** By id or slug, as `viewer` meets it; undefined when there is none or it must not be known. Coalesced. */
  access(ref: string, viewer: UserId): Promise<RoomAccess | undefined>;

  /**
   * The rooms someone is in by name, then their direct ones by name; at most maxRoomsPerPerson and maxDirectListed. Without direct rooms that
   * wait for their consent, that they put away, or in which nobody they know has written yet. With unread counts, in a fixed number of queries.
   */
  joinedBy(user: UserId): Promise<readonly JoinedRoom[]>;

  /** Ids alone, cheaper than joinedBy: of those, and of what may come into that list with the next message. */
  roomIdsOf(user: UserId): Promise<readonly RoomId[]>;

  /**
   * Holds a place for somebody about to join, until then (both times RFC 3339). The rooms they are in and the places they hold are
   * maxRoomsPerPerson at most, however many come at once; direct rooms don't count. @returns false when there is none left
   */
  takeSeat(user: UserId, room: RoomId, now: string, until: string): Promise<boolean>;
  leaveSeat(user: UserId, room: RoomId): Promise<void>;

  /** The rooms of joinedBy, and how many invitations and message requests wait for an answer, each up to maxUnread: what each page shows. */
  sidebarOf(user: UserId, now: string): Promise<Sidebar>;

  /** Public rooms by name; without those that nothing has happened in yet, not even their opening. */
  directory(viewer: UserId, page: PageQuery): Promise<Page<DirectoryEntry>>;

  /** Members by name. */
  members(room: RoomId, page: PageQuery): Promise<Page<Author>>;

  /** Members among the authors of this many newest messages, by name. */
  recentAuthors(room: RoomId, messages: number): Promise<readonly Author[]>;

  /** Which of these people are members. */
  membersAmong(room: RoomId, users: readonly UserId[]): Promise<ReadonlySet<UserId>>;

  /** Moves the read mark forward, never back. @returns the mark and what is unread after it. */
  markRead(room: RoomId, user: UserId, offset: number): Promise<ReadState | undefined>;

  readState(room: RoomId, user: UserId): Promise<ReadState | undefined>;
}

/** A person's list of rooms, as it is beside every page. */
export interface Sidebar {
  readonly rooms: readonly JoinedRoom[];
  readonly waiting: Waiting;
}

export interface Waiting {
  readonly invitations: number;
  readonly requests: number;
}

export interface ReadState {
  readonly room: RoomId;
  readonly readOffset: number;
  readonly unread: number;
  readonly mentions: number;
  /** The newest offset that these counts know of. */
  readonly offset: number;
}
