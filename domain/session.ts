/** A sign-in on one device: lives until it is revoked or unused for sessionLifetimeMs. */
import type { SessionId, UserId } from "./ids.ts";

export interface Session {
  readonly id: SessionId;
  readonly user: UserId;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  /** What the device calls itself (User-Agent), shown in the list of sessions. */
  readonly device: string;
  /** Of the newest refresh token. One of another generation is a reused one, unless it is `exchanged`. */
  readonly generation: number;
  /** The generation whose token was exchanged last. Absent before the first exchange. */
  readonly exchanged?: number;
  /** Stands for where it was started, so that this place is known when tries to sign in are limited. */
  readonly place?: string;
}

export const sessionLifetimeMs = 60 * 24 * 3_600_000;
/** One more ends the one that was unused for longest. */
export const maxSessionsPerPerson = 100;
export const maxDeviceLength = 200;
