/**
 * Keeps who may use which room over an outage of the store, so that chat goes on live without it. The store is asked each
 * time; only when it is away the last answer counts, and only while it can't have been overtaken.
 */
import { LRUCache } from "lru-cache";
import { isChatError } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Clock, RoomStore } from "#domain/ports/index.ts";
import type { RoomAccess } from "#domain/room.ts";

/** Answers that are remembered at most. */
const maxRemembered = 50_000;
/** Without the room's events, an answer counts that was given this long before the store was last heard of. */
export const trustedForMs = 60_000;

export interface RememberedRooms extends RoomStore {
  /** The person is a member no more, as the room's own events say. */
  forget(room: RoomId, user: UserId): void;
}

export interface RememberedOptions {
  readonly clock: Clock;
  /** Whether this gateway hears the room's events, and so of everybody who leaves. */
  readonly follows: (room: RoomId) => boolean;
}

export function rememberRooms(rooms: RoomStore, { clock, follows }: RememberedOptions): RememberedRooms {
  const answers = new LRUCache<string, { readonly access: RoomAccess; readonly atMs: number }>({ max: maxRemembered });
  /** Rooms by the slugs they were asked for. */
  const slugs = new LRUCache<string, RoomId>({ max: maxRemembered });
  let storeHeardMs = clock.now();

  const remembered = (ref: string, viewer: UserId): RoomAccess | undefined => {
    const answer = answers.get(keyOf(slugs.get(ref) ?? ref, viewer));
    if (answer?.access.membership === undefined) return undefined;
    return follows(answer.access.room.id) || answer.atMs > storeHeardMs - trustedForMs ? answer.access : undefined;
  };

  return {
    ...rooms,
    async access(ref, viewer) {
      try {
        const access = await rooms.access(ref, viewer);
        storeHeardMs = clock.now();
        const id = access?.room.id ?? slugs.get(ref) ?? ref;
        if (access === undefined) answers.delete(keyOf(id, viewer));
        else {
          answers.set(keyOf(id, viewer), { access, atMs: storeHeardMs });
          if (ref !== id) slugs.set(ref, access.room.id);
        }
        return access;
      } catch (error) {
        const access = isChatError(error, "unavailable") ? remembered(ref, viewer) : undefined;
        if (access === undefined) throw error;
        return access;
      }
    },
    forget(room, user) {
      answers.delete(keyOf(room, user));
    },
  };
}

function keyOf(ref: string, viewer: UserId): string {
  return `${viewer} ${ref}`;
}
