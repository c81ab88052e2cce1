/** Sign-ins that are alive. */
import type { SessionId, UserId } from "../ids.ts";
import type { Session } from "../session.ts";

/** Sessions that are alive; revoking deletes for good and leaves a trace for revokedSince. */
export interface SessionStore {
  create(session: Session): Promise<void>;
  byId(id: SessionId): Promise<Session | undefined>;
  /** Newest first. */
  listOf(user: UserId): Promise<readonly Session[]>;
  /** Compare-and-set of the generation. @returns false when it was not `from` any more, or the session is gone. */
  advance(id: SessionId, from: number, lastSeenAt: string, expiresAt: string): Promise<boolean>;
  /** @returns false when there was no such living session of that person. */
  revoke(id: SessionId, user: UserId, at: string): Promise<boolean>;
  /** @returns the ids that were revoked. */
  revokeAll(user: UserId, at: string): Promise<readonly SessionId[]>;
  /** Ids revoked at or after a time: what a starting gateway must still refuse. */
  revokedSince(time: string): Promise<readonly SessionId[]>;
}
