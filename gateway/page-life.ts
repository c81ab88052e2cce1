/**
 * One page's socket from open to close: brought up to date, counted for all rooms of the person, and present. What is
 * away for a while is tried again while the page waits; sending goes on meanwhile.
 */
import { isChatError } from "#domain/errors.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { catchUp, followOnce } from "./catch-up.ts";
import type { Connections, PageSocket } from "./connections.ts";
import { endSocket } from "./end-socket.ts";
import { unreadFrame } from "./frames.ts";
import type { Hub } from "./hub.ts";
import { errorFields, type Log } from "./log.ts";
import type { PersonLimits } from "./person-limits.ts";
import { tellPresence } from "./tell-presence.ts";
import { topics } from "./topics.ts";

export const closeCodes = { restart: 1012, overloaded: 1013, signedOut: 4401, notMember: 4403 } as const;

/** A page that is left for the next one is not away yet. */
const awayAfterMs = 6_000;
/** How long a page waits before it asks again for what is away, the first time and at most. */
const firstRetryMs = 250;
const longestRetryMs = 5_000;

type LifePorts = Pick<Ports, "rooms" | "directs" | "events" | "stream" | "presence" | "signals" | "metrics">;

export interface PageLife {
  open(socket: PageSocket): Promise<void>;
  /** @param lingers false when the gateway stops: nobody comes back to it */
  close(socket: PageSocket, lingers: boolean): Promise<void>;
  /** Counts for this room from here on, whatever the page shows. */
  takeRoom(socket: PageSocket, room: RoomId): Promise<void>;
  /** Ends everything of a room on a socket: the person is no member any more. */
  dropRoom(socket: PageSocket, room: RoomId): void;
  /** Drops the room from whoever is no member any more. */
  checkMembers(room: RoomId): Promise<void>;
}

export function createPageLife(
  ports: LifePorts,
  hub: () => Hub,
  connections: Connections<PageSocket>,
  limits: Pick<PersonLimits, "haveTooMany">,
  log: Log,
): PageLife {
  const live = async (socket: PageSocket) => {
    const { user } = socket.data.caller;
    socket.subscribe(topics.everyone);
    socket.subscribe(topics.user(user.id));
    await insist(socket, () => catchUp(ports, hub(), socket));
    await insist(socket, async () => {
      const rooms = await ports.rooms.roomIdsOf(user.id);
      await Promise.all(rooms.map((id) => takeRoom(socket, id)));
      if (await ports.presence.enter(user.id, socket.data.connection)) await tellPresence(ports, user.id, rooms, true);
      else if (await limits.haveTooMany(user.id))
        return endSocket(socket, { code: closeCodes.overloaded, reason: "too many sockets" });
      await sendCounts(socket);
    });
  };

  const insist = async (socket: PageSocket, work: () => Promise<void>) => {
    for (let waitMs = firstRetryMs; !socket.data.closed; waitMs = Math.min(2 * waitMs, longestRetryMs)) {
      try {
        return await work();
      } catch (error) {
        if (!isChatError(error, "unavailable")) throw error;
        log.warn("page waits", { connection: socket.data.connection, ...errorFields(error) });
      }
      await Bun.sleep(waitMs * (0.5 + Math.random()));
    }
  };

  const sendCounts = async (socket: PageSocket) => {
    const joined = await ports.rooms.joinedBy(socket.data.caller.user.id);
    const unread = joined.map(({ room, membership: { readOffset }, unread, mentions }) => {
      return { room: room.id, readOffset, unread, mentions, offset: room.offset };
    });
    if (!socket.data.closed) socket.send(unreadFrame(unread));
  };

  const takeRoom = async (socket: PageSocket, room: RoomId) => {
    const followed = await followOnce(hub(), socket, { id: room });
    if (followed === undefined || socket.data.closed) return;
    // Who shows the room is told with its frames.
    if (socket.data.room !== room || socket.data.pageTopic === undefined) socket.subscribe(topics.activity(room));
  };

  const dropRoom = (socket: PageSocket, room: RoomId) => {
    socket.unsubscribe(topics.activity(room));
    if (socket.data.room === room && socket.data.pageTopic !== undefined) socket.unsubscribe(socket.data.pageTopic);
    socket.data.followed.get(room)?.release();
    socket.data.followed.delete(room);
    if (socket.data.room === room) socket.data.room = undefined;
  };

  return {
    async open(socket) {
      connections.add(socket);
      try {
        await live(socket);
      } catch (error) {
        refuse(socket, error, log);
      }
    },

    async close(socket, lingers) {
      const { caller, connection, followed } = socket.data;
      socket.data.closed = true;
      socket.data.drained?.();
      connections.remove(socket, caller);
      const rooms = [...followed.keys()];
      for (const room of followed.values()) room.release();
      followed.clear();
      if (lingers) await Bun.sleep(awayAfterMs);
      try {
        if (await ports.presence.leave(caller.user.id, connection))
          await tellPresence(ports, caller.user.id, rooms, false);
      } catch (error) {
        // Presence ends by itself when nobody refreshes it.
        log.debug("presence not updated", errorFields(error));
      }
    },

    takeRoom,
    dropRoom,

    async checkMembers(room) {
      const sockets = [...connections.all()].filter(({ data }) => data.followed.has(room));
      const people = [...new Set(sockets.map(({ data }) => data.caller.user.id))];
      const members = await ports.rooms.membersAmong(room, people);
      for (const socket of sockets) if (!members.has(socket.data.caller.user.id)) dropRoom(socket, room);
    },
  };
}

function refuse(socket: PageSocket, error: unknown, log: Log): void {
  if (isChatError(error, "not-found") || isChatError(error, "forbidden")) {
    endSocket(socket, { code: closeCodes.notMember, reason: "not a member" });
    return;
  }
  log.error("socket not served", { connection: socket.data.connection, ...errorFields(error) });
  endSocket(socket, { code: closeCodes.overloaded, reason: "try again" });
}
