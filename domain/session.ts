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
  /** How often the refresh token has been exchanged. A token of an older generation is a reused one. */
  readonly generation: number;
}

export const sessionLifetimeMs = 60 * 24 * 3_600_000;
export const maxSessionsPerPerson = 100;
export const maxDeviceLength = 200;
