/** What a program's socket carries along. Small: there may be a hundred thousand of them. */
import type { ServerWebSocket } from "bun";
import type { RoomId } from "#domain/ids.ts";
import type { FollowedRoom } from "../feed.ts";
import type { Caller } from "../tokens.ts";
import type { Posts } from "./posts.ts";

/** A room's channel on one socket. */
export interface Subscription {
  /** Undefined while access is checked. */
  followed: FollowedRoom | undefined;
  /** Undefined until nothing is missing any more. */
  topic: string | undefined;
  /** The client was told that it is subscribed. */
  told: boolean;
}

/** What the handshake brought along: used when the connect command has no token. */
export interface Offered {
  /** From the Authorization header. */
  readonly token?: string;
  /** From the page's cookies. */
  readonly caller?: Caller;
}

export interface ProgramState {
  readonly kind: "program";
  /** Names this connection, in presence too. */
  readonly client: string;
  offered: Offered | undefined;
  /** Undefined until the connect command. */
  caller: Caller | undefined;
  /** Milliseconds since 1970; infinite when only the end of the sign-in ends it. */
  expiresAtMs: number;
  readonly channels: Map<RoomId, Subscription>;
  /** Which ping it gets. */
  slot: number;
  /** Frames are worked through one after the other: this is the end of the queue. */
  inbox: Promise<void>;
  /** Undefined until the first post. */
  posts: Posts | undefined;
  /** Commands that wait for their turn, and their bytes. */
  queued: number;
  queuedBytes: number;
  /** What is left of the commands it may send now, and since when. */
  allowance: number;
  allowedAtMs: number;
  /** When a frame last came, as performance.now() tells. */
  heardAtMs: number;
  /** See drained.ts. */
  drained: (() => void) | undefined;
  line: Promise<unknown>;
  closed: boolean;
}

export type ProgramSocket = ServerWebSocket<ProgramState>;

/** What is known once the connect command was accepted. */
export function callerOf({ data }: ProgramSocket): Caller {
  if (data.caller === undefined) throw new Error("A command was taken before the connect command.");
  return data.caller;
}
