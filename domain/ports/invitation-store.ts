/** Who is asked into which room. */
import type { RoomId, UserId } from "../ids.ts";
import type { Room } from "../room.ts";
import type { Author } from "../user.ts";

export interface NewInvitation {
  readonly room: RoomId;
  readonly to: UserId;
  readonly by: UserId;
  readonly at: string;
}

/** What the invited person is told before they join. */
export interface Invitation {
  readonly room: Room;
  readonly by: Author;
  readonly at: string;
}

/**
 * One invitation per room and person. It stands while it is young (invitationMs), not declined, who invited is still in the room and the
 * invited person is not. Times are RFC 3339.
 */
export interface InvitationStore {
  /**
   * Adds it unless there is one; one declined lately stays declined. The limits of domain/invitations.ts hold however many come at once: an inviter
   * whom the person declined maxDeclined times lately reaches them no more, one with too many open ones is refused, and of those to one person the oldest goes.
   * @returns whether it is news for the invited person. @throws ChatError forbidden
   */
  invite(invitation: NewInvitation): Promise<boolean>;
  /** Those that stand, the newest first. At most maxInvitationsWaiting. */
  listFor(user: UserId, now: string): Promise<readonly Invitation[]>;
  /** The one that stands to a room by its id or slug. */
  find(user: UserId, ref: string, now: string): Promise<Invitation | undefined>;
  decline(user: UserId, room: RoomId, at: string): Promise<void>;
  /** Whoever is in needs no invitation. */
  remove(user: UserId, room: RoomId): Promise<void>;
}
