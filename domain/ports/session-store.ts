/** Sign-ins that are alive. */
import type { SessionId, UserId } from "../ids.ts";
import type { Session } from "../session.ts";

/** What an exchange makes of a session. */
export type Exchange = Required<Pick<Session, "generation" | "exchanged" | "lastSeenAt" | "expiresAt">>;

/** Sessions that are alive; revoking deletes for good and leaves a trace for revokedSince. */
export interface SessionStore {
  /**
   * Never more than maxSessionsPerPerson of one person, however many start at once: those unused for longest are revoked, and this one is
   * not among them. @returns their ids
   */
  create(session: Session): Promise<readonly SessionId[]>;
  byId(id: SessionId): Promise<Session | undefined>;
  /** Newest first. */
  listOf(user: UserId): Promise<readonly Session[]>;
  /** Whether a living session of this person was started at this place. */
  startedAt(user: UserId, place: string): Promise<boolean>;
  /** Compare-and-set of the generation. @returns false when it was not `from` any more, or the session is gone. */
  advance(id: SessionId, from: number, next: Exchange): Promise<boolean>;
  /** @returns false when there was no such living session of that person. */
  revoke(id: SessionId, user: UserId, at: string): Promise<boolean>;
  /** @returns the ids that were revoked. */
  revokeAll(user: UserId, at: string): Promise<readonly SessionId[]>;
  /** Ids revoked at or after a time: what a starting gateway must still refuse. */
  revokedSince(time: string): Promise<readonly SessionId[]>;
}
