/** Short-lived news between gateways. */
import type { EventId, RoomId, SessionId, UserId } from "../ids.ts";
import type { Author } from "../user.ts";
import type { GrownPiece } from "./growing-texts.ts";
import type { ReadState } from "./room-store.ts";
import type { Unsubscribe } from "./room-stream.ts";

/** Short-lived news that is not part of a room's history: lost ones do no harm, or are made good by a time-out. */
export type RoomSignal =
  | { readonly type: "typing"; readonly user: Author }
  /** A text that is being written has grown, or waits for something else (see GrowingTexts). */
  | ({ readonly type: "grown"; readonly message: EventId } & GrownPiece)
  | { readonly type: "presence"; readonly user: UserId; readonly online: boolean };

export type UserSignal =
  | { readonly type: "read"; readonly state: ReadState }
  /** The person's own list of rooms changed: joined, left, invited. */
  | { readonly type: "rooms"; readonly room: RoomId; readonly member: boolean }
  /** An invitation or a message request came, or is answered; `accepted`, one's own request to somebody. */
  | { readonly type: "waiting"; readonly accepted?: RoomId }
  /** To a bot: somebody who may stops this answer of its. */
  | { readonly type: "stop"; readonly room: RoomId; readonly message: EventId }
  | { readonly type: "revoked"; readonly sessions: readonly SessionId[] };

export interface Signals {
  toRoom(room: RoomId, signal: RoomSignal): Promise<void>;
  toUser(user: UserId, signal: UserSignal): Promise<void>;
  onRoom(room: RoomId, listener: (signal: RoomSignal) => void): Promise<Unsubscribe>;
  /** Every user's signals: a gateway filters by who is connected to it. */
  onUsers(listener: (user: UserId, signal: UserSignal) => void): Promise<Unsubscribe>;
}
