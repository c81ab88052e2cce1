/** Everything a gateway, writer or bot needs from outside. Opened by adapters/standalone.ts or adapters/cluster.ts. */
import type { Claims } from "./claims.ts";
import type { Clock, Ids } from "./clock.ts";
import type { DirectRoomStore } from "./direct-room-store.ts";
import type { EventStore } from "./event-store.ts";
import type { GrowingTexts } from "./growing-texts.ts";
import type { HookStore } from "./hook-store.ts";
import type { InvitationStore } from "./invitation-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { Levels } from "./levels.ts";
import type { MessageLog } from "./message-log.ts";
import type { Metrics } from "./metrics.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import type { Presence } from "./presence.ts";
import type { ProgramTokenStore } from "./program-token-store.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { RoomStore } from "./room-store.ts";
import type { RoomStream } from "./room-stream.ts";
import type { SessionStore } from "./session-store.ts";
import type { Signals } from "./signals.ts";
import type { UserStore } from "./user-store.ts";
import type { WebhookSender } from "./webhook-sender.ts";

export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: MessageLog;
  readonly stream: RoomStream;
  readonly events: EventStore;
  readonly rooms: RoomStore;
  readonly directs: DirectRoomStore;
  readonly invitations: InvitationStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly programTokens: ProgramTokenStore;
  readonly keys: KeyStore;
  readonly hooks: HookStore;
  readonly webhooks: WebhookSender;
  readonly signals: Signals;
  readonly growing: GrowingTexts;
  readonly presence: Presence;
  readonly limiter: RateLimiter;
  readonly claims: Claims;
  readonly passwords: PasswordHasher;
  readonly metrics: Metrics;
  /** Whoever writes what older versions can't read asks first whether it may be written yet. */
  readonly levels: Levels;
}

/** Ports that hold resources: connections, threads, files. */
export interface OpenPorts extends Ports {
  /** Answers only when everything needed for work does. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export type * from "./claims.ts";
export type * from "./clock.ts";
export type * from "./direct-room-store.ts";
export type * from "./event-store.ts";
export type * from "./growing-texts.ts";
export type * from "./hook-store.ts";
export type * from "./invitation-store.ts";
export type * from "./key-store.ts";
export type * from "./language-model.ts";
export type * from "./levels.ts";
export type * from "./message-log.ts";
export type * from "./metrics.ts";
export type * from "./password-hasher.ts";
export type * from "./presence.ts";
export type * from "./program-token-store.ts";
export type * from "./rate-limiter.ts";
export type * from "./room-store.ts";
export type * from "./room-stream.ts";
export type * from "./sealer.ts";
export type * from "./session-store.ts";
export type * from "./signals.ts";
export type * from "./user-store.ts";
export type * from "./webhook-sender.ts";
