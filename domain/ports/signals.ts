/** Short-lived news between gateways. */
import type { RoomId, SessionId, UserId } from "../ids.ts";
import type { Author } from "../user.ts";
import type { ReadState } from "./room-store.ts";
import type { Unsubscribe } from "./room-stream.ts";

/** Short-lived news that is not part of a room's history: lost ones do no harm, or are made good by a time-out. */
export type RoomSignal =
  | { readonly type: "typing"; readonly user: Author }
  | { readonly type: "presence"; readonly user: UserId; readonly online: boolean };

export type UserSignal =
  | { readonly type: "read"; readonly state: ReadState }
  /** The person's own list of rooms changed: joined, left, invited. */
  | { readonly type: "rooms"; readonly room: RoomId; readonly member: boolean }
  | { readonly type: "revoked"; readonly sessions: readonly SessionId[] };

export interface Signals {
  toRoom(room: RoomId, signal: RoomSignal): Promise<void>;
  toUser(user: UserId, signal: UserSignal): Promise<void>;
  onRoom(room: RoomId, listener: (signal: RoomSignal) => void): Promise<Unsubscribe>;
  /** Every user's signals: a gateway filters by who is connected to it. */
  onUsers(listener: (user: UserId, signal: UserSignal) => void): Promise<Unsubscribe>;
}
