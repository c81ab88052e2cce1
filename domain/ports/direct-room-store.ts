/** Direct rooms beyond what they share with all rooms: consent, and being put away. */
import type { RoomId, UserId } from "../ids.ts";
import type { NewRoom, Room } from "../room.ts";
import type { Author } from "../user.ts";

/** Somebody's first messages, waiting for consent. */
export interface MessageRequest {
  readonly room: RoomId;
  readonly slug: string;
  readonly from: Author;
  readonly at: string;
}

export interface NewDirectRoom extends NewRoom {
  readonly directKey: string;
}

export interface DirectRoomStore {
  /** The direct room of these people. */
  find(directKey: string): Promise<Room | undefined>;
  /**
   * Makes it, or finds the one that was made meanwhile. Its limits (domain/direct-requests.ts) hold however many come at once. From somebody
   * its second person knows it is a request as well once they have left as many unanswered as are listed.
   * @throws ChatError forbidden
   */
  open(room: NewDirectRoom): Promise<{ readonly room: Room; readonly created: boolean }>;
  /** Whether two people are in one room, direct ones and this one apart. */
  shareRoom(one: UserId, other: UserId, apartFrom: string): Promise<boolean>;
  /** In which something was written, the newest request first. At most maxRequestsWaiting. */
  requestsTo(user: UserId): Promise<readonly MessageRequest[]>;
  /** Which of these rooms are requests that nobody has accepted: declined ones too. */
  requestsAmong(rooms: readonly RoomId[]): Promise<ReadonlySet<RoomId>>;
  /** Consent, given or refused. Refusing what was accepted changes nothing. @returns whether anything changed */
  answer(room: RoomId, user: UserId, accepted: boolean): Promise<boolean>;
  /** All that wait for this person's answer. */
  declineAll(user: UserId): Promise<void>;
  /** Counts a message into a request. @returns false when as many as `most` were counted */
  countMessage(room: RoomId, most: number): Promise<boolean>;
  /** One that could not be sent. */
  uncountMessage(room: RoomId): Promise<void>;
  /** Out of this person's list until there is a message after `offset`; back with undefined. */
  hide(room: RoomId, user: UserId, offset: number | undefined): Promise<void>;
}
