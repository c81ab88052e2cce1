/** What the gateway expects of each kind of socket (pages, programs), and what it gives them. One server holds them all. */
import type { Server } from "bun";
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { UserSignal } from "#domain/ports/index.ts";
import type { Backlog } from "./backlogs.ts";
import type { PageState } from "./connections.ts";
import type { Hub } from "./hub.ts";
import type { ProgramState } from "./programs/state.ts";

/** What a socket carries along tells its kind. */
export type SocketState = PageState | ProgramState;

/** On stopping, sockets are told to come back spread over this time, so that they don't all come at once. */
export const drainSpreadMs = 500;

/** The way to the sockets that subscribed. */
export interface FanOut {
  readonly hub: () => Hub;
  /** To all subscribers of a topic; each frame is made once. */
  publish(topic: string, frame: string): void;
  subscribers(topic: string): number;
}

export interface SocketKind<S> {
  /** Answers a handshake: undefined when it became a socket. */
  upgrade(request: Request, server: Server<SocketState>): Promise<Response | undefined>;
  open(socket: S): void;
  message(socket: S, data: string | Buffer): void;
  /** What was buffered has gone out. */
  drain(socket: S): void;
  close(socket: S): void;

  memberLeft(event: RoomEvent & { readonly type: "member.left" }): void;
  rebuilt(room: RoomId): void;
  /** What was read of the room before this may say what is deleted by now. */
  erased(room: RoomId): void;
  onUserSignal(user: UserId, signal: UserSignal): void;
  endSessions(sessions: readonly SessionId[]): void;

  /** Of those whose readers are behind; who is too far behind is ended on the way. */
  backlogs(): readonly Backlog[];
  count(): number;
  start(): void;
  /** Tells every socket to come back, after what it handed in is done. */
  stop(): Promise<void>;
}

/** Ends sockets one after the other, evenly over a time. */
export async function spread<S>(sockets: readonly S[], overMs: number, end: (socket: S) => void): Promise<void> {
  await Promise.all(
    sockets.map(async (socket, index) => {
      await Bun.sleep((overMs * index) / Math.max(sockets.length, 1));
      end(socket);
    }),
  );
}
