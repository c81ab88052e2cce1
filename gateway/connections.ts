/** The sockets of this gateway, by person and by sign-in. */
import type { ServerWebSocket } from "bun";
import type { RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { FollowedRoom } from "./feed.ts";
import type { Caller } from "./tokens.ts";

/** What a page's socket carries along. */
export interface PageState {
  readonly kind: "page";
  readonly caller: Caller;
  /** Names this socket in presence. */
  readonly connection: string;
  /** The room the page shows, and what it has of it. */
  shows: { readonly ref: string; readonly epoch: string; readonly after: number } | undefined;
  /** The room whose page topic it takes or will take; undefined again when the person leaves. */
  room: RoomId | undefined;
  /** Where the room's frames come from; undefined while it is brought up to date. */
  pageTopic: string | undefined;
  readonly followed: Map<RoomId, FollowedRoom>;
  /** Frames are worked through one after the other: this is the end of the queue. */
  inbox: Promise<void>;
  queued: number;
  queuedBytes: number;
  /** What is left of the frames it may send now, and since when. */
  allowance: { left: number; atMs: number };
  /** See drained.ts. */
  drained: (() => void) | undefined;
  closed: boolean;
}

export type PageSocket = ServerWebSocket<PageState>;

/** @typeParam S a kind of socket */
export interface Connections<S> {
  add(socket: S): void;
  /** By the caller that it was added with. */
  remove(socket: S, caller: Caller): void;
  ofUser(user: UserId): readonly S[];
  ofSession(session: SessionId): readonly S[];
  all(): Iterable<S>;
  count(): number;
}

/** @param callerOf whose socket it is, when it is added */
export function createConnections<S>(callerOf: (socket: S) => Caller): Connections<S> {
  const everyone = new Set<S>();
  const byUser = new Map<UserId, Set<S>>();
  const bySession = new Map<SessionId, Set<S>>();
  return {
    add(socket) {
      const { user, session } = callerOf(socket);
      everyone.add(socket);
      put(byUser, user.id, socket);
      put(bySession, session, socket);
    },
    remove(socket, { user, session }) {
      everyone.delete(socket);
      drop(byUser, user.id, socket);
      drop(bySession, session, socket);
    },
    ofUser: (user) => [...(byUser.get(user) ?? [])],
    ofSession: (session) => [...(bySession.get(session) ?? [])],
    all: () => everyone,
    count: () => everyone.size,
  };
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

function drop<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
