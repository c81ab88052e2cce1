/** What every page needs besides its own subject: who looks, their rooms, their clock, and where the assets are. */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Waiting } from "#domain/ports/room-store.ts";
import type { JoinedRoom } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";

/** Content-hashed URLs, as buildAssets makes them. */
export interface AssetUrls {
  readonly css: string;
  /** The look of what a room's page has not. */
  readonly pages: string;
  /** With its extension for sockets. */
  readonly htmx: string;
  readonly app: string;
  readonly icon: string;
}

export interface Chrome {
  readonly assets: AssetUrls;
  /** Undefined for somebody who is not signed in. */
  readonly viewer?: Author | undefined;
  /** The sidebar's list; undefined where it could not be read. */
  readonly rooms?: readonly JoinedRoom[] | undefined;
  /** What waits for the viewer's answer. */
  readonly waiting?: Waiting | undefined;
  /** The room that is open, if one is. */
  readonly current?: RoomId | undefined;
  /** IANA name; anything else counts as UTC. */
  readonly timeZone: string;
  /** The reader's clock counts to twelve; by default to twenty-four. */
  readonly hour12?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who of the people in direct rooms is here. */
  readonly online?: ReadonlySet<UserId> | undefined;
}

/** Somebody in a list of people. */
export interface PersonHere extends Author {
  readonly online: boolean;
}

/** How many members of a room are here, and how many are not. */
export interface PeopleCounts {
  readonly online: number;
  readonly others: number;
}

/** Why nothing was looked for, in place of what is found. */
export interface SearchRefused {
  readonly sentence: string;
  /** Does the same search again. */
  readonly again: string;
}

/** Why a form came back, and which of its fields is to blame. */
export interface Problem {
  readonly sentence: string;
  readonly field?: string | undefined;
}
