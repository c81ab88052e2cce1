/** The page's own socket, `/live`: who may open it, its life from open to close, and what ends it from outside. */
import type { Server, WebSocketHandler } from "bun";
import { isChatError } from "#domain/errors.ts";
import type { RoomId, SessionId } from "#domain/ids.ts";
import type { Ports, UserSignal } from "#domain/ports/index.ts";
import type { Parts } from "./app-env.ts";
import { catchUp, followOnce } from "./catch-up.ts";
import { type Connections, createConnections, type PageSocket, type PageState } from "./connections.ts";
import { beatFrame, roomsFrame, signedOutFrame, unreadFrame } from "./frames.ts";
import { createHub, type Hub, topics } from "./hub.ts";
import { errorFields } from "./log.ts";
import { isOwnSocket } from "./origin.ts";
import { createPageInbox, frameBurst, maxFrameBytes } from "./page-inbox.ts";
import { socketCaller } from "./session.ts";

/** What a socket may have waiting to be sent, in bytes. A reader slower than that is closed and resumes later. */
const maxBacklogBytes = 1024 * 1024;
/** Lets pages notice a dead connection: they expect a sign of life this often. */
const beatEveryMs = 20_000;
/** A page that is left for the next one is not away yet. */
const awayAfterMs = 6_000;
/** On stopping, sockets are told to come back spread over this time, so that they don't all come at once. */
const drainSpreadMs = 500;

/** For the server that holds the sockets: a reader that is too slow is closed, and resumes without loss. */
export const socketLimits = {
  maxPayloadLength: maxFrameBytes,
  backpressureLimit: maxBacklogBytes,
  closeOnBackpressureLimit: true,
  idleTimeout: 60,
  sendPings: true,
} as const;

export const closeCodes = { restart: 1012, overloaded: 1013, signedOut: 4401, notMember: 4403 } as const;

type PageServer = Server<PageState>;

export interface Live {
  readonly hub: Hub;
  readonly connections: Connections;
  readonly websocket: WebSocketHandler<PageState>;
  /** Answers a handshake: undefined when it became a socket. */
  upgrade(request: Request, server: PageServer): Promise<Response | undefined>;
  endSessions(sessions: readonly SessionId[]): void;
  start(server: PageServer): Promise<void>;
  /** Closes every socket with 1012 after its frames in hand are done. */
  stop(): Promise<void>;
}

export function createLive(parts: Omit<Parts, "assets" | "ring">): Live {
  const { ports, log } = parts;
  const connections = createConnections();
  const inbox = createPageInbox(ports, log);
  let server: PageServer | undefined;
  let stopping = false;
  const closers: (() => void | Promise<void>)[] = [];

  const hub = createHub(
    ports,
    {
      publish: (topic, frame) => void server?.publish(topic, frame),
      subscribers: (topic) => server?.subscriberCount(topic) ?? 0,
      memberLeft: (event) => {
        for (const socket of connections.ofUser(event.member.id)) dropRoom(socket, event.room);
      },
    },
    log,
  );

  const open = async (socket: PageSocket) => {
    const { user } = socket.data.caller;
    socket.subscribe(topics.everyone);
    socket.subscribe(topics.user(user.id));
    await catchUp(ports, hub, socket);
    if (socket.data.closed) return;
    const rooms = await ports.rooms.roomIdsOf(user.id);
    await Promise.all(rooms.map((id) => takeRoom(hub, socket, id)));
    if (await ports.presence.enter(user.id, socket.data.connection)) await tellRooms(ports, socket, true);
    const joined = await ports.rooms.joinedBy(user.id);
    const unread = joined.map(({ room, membership, unread, mentions }) => ({
      room: room.id,
      readOffset: membership.readOffset,
      unread,
      mentions,
      offset: room.offset,
    }));
    if (!socket.data.closed) socket.send(unreadFrame(unread));
  };

  const close = async (socket: PageSocket) => {
    const { caller, connection, followed } = socket.data;
    connections.remove(socket);
    const rooms = [...followed.keys()];
    for (const room of followed.values()) room.release();
    followed.clear();
    if (!stopping) await Bun.sleep(awayAfterMs);
    if (!(await ports.presence.leave(caller.user.id, connection))) return;
    await Promise.all(
      rooms.map((room) => ports.signals.toRoom(room, { type: "presence", user: caller.user.id, online: false })),
    );
  };

  const onUserSignal = (user: Parameters<Connections["ofUser"]>[0], signal: UserSignal) => {
    const sockets = connections.ofUser(user);
    if (sockets.length === 0 || signal.type === "revoked") return;
    if (signal.type === "read") return void server?.publish(topics.user(user), unreadFrame([signal.state]));
    for (const socket of sockets) {
      if (!signal.member) dropRoom(socket, signal.room);
      else takeRoom(hub, socket, signal.room).catch((error) => log.warn("room not followed", errorFields(error)));
    }
    server?.publish(topics.user(user), roomsFrame(signal.room, signal.member));
  };

  const beat = () => {
    server?.publish(topics.everyone, beatFrame);
    for (const socket of connections.all())
      void ports.presence.enter(socket.data.caller.user.id, socket.data.connection);
  };

  return {
    hub,
    connections,
    websocket: {
      open(socket) {
        connections.add(socket);
        open(socket).catch((error) => refuseSocket(socket, error, log));
      },
      message: inbox,
      drain(socket) {
        socket.data.drained?.();
      },
      close(socket) {
        socket.data.closed = true;
        socket.data.drained?.();
        close(socket).catch((error) => log.warn("presence not updated", errorFields(error)));
      },
    },

    async upgrade(request, own) {
      if (stopping) return new Response("restarting", { status: 503, headers: { "Retry-After": "1" } });
      if (!isOwnSocket(request.headers, parts.config)) return new Response("wrong origin", { status: 403 });
      const caller = await socketCaller(parts, request.headers);
      if (caller === undefined) return new Response("sign in first", { status: 401 });
      const data = newState(caller, ports.ids.next(), new URL(request.url).searchParams);
      return own.upgrade(request, { data }) ? undefined : new Response("not a WebSocket handshake", { status: 426 });
    },

    endSessions(sessions) {
      for (const socket of sessions.flatMap((session) => connections.ofSession(session))) {
        socket.send(signedOutFrame);
        socket.close(closeCodes.signedOut, "signed out");
      }
    },

    async start(own) {
      server = own;
      closers.push(await ports.signals.onUsers(onUserSignal));
      const timer = setInterval(beat, beatEveryMs);
      closers.push(() => clearInterval(timer));
    },

    async stop() {
      stopping = true;
      const all = [...connections.all()];
      await Promise.all(all.map((socket) => socket.data.inbox));
      await Promise.all(
        all.map(async (socket, index) => {
          await Bun.sleep((drainSpreadMs * index) / Math.max(all.length, 1));
          socket.close(closeCodes.restart, "restarting");
        }),
      );
      for (const end of closers.reverse()) await end();
      await hub.close();
    },
  };
}

/** Counts for this room from here on, whatever the page shows. */
async function takeRoom(hub: Hub, socket: PageSocket, id: RoomId): Promise<void> {
  if ((await followOnce(hub, socket, { id })) !== undefined && !socket.data.closed)
    socket.subscribe(topics.activity(id));
}

/** Ends everything of a room on a socket: the person is no member any more. */
function dropRoom(socket: PageSocket, id: RoomId): void {
  socket.unsubscribe(topics.activity(id));
  socket.unsubscribe(topics.page(id));
  socket.data.followed.get(id)?.release();
  socket.data.followed.delete(id);
  if (socket.data.room === id) socket.data.room = undefined;
}

async function tellRooms(ports: Pick<Ports, "signals">, socket: PageSocket, online: boolean): Promise<void> {
  const user = socket.data.caller.user.id;
  const rooms = [...socket.data.followed.keys()];
  await Promise.all(rooms.map((room) => ports.signals.toRoom(room, { type: "presence", user, online })));
}

function refuseSocket(socket: PageSocket, error: unknown, log: Parts["log"]): void {
  if (isChatError(error, "not-found") || isChatError(error, "forbidden")) {
    socket.close(closeCodes.notMember, "not a member");
    return;
  }
  log.warn("socket not served", { connection: socket.data.connection, ...errorFields(error) });
  socket.close(closeCodes.overloaded, "try again");
}

function newState(caller: PageState["caller"], connection: string, query: URLSearchParams): PageState {
  const ref = query.get("room");
  const after = Number(query.get("after"));
  const known = Number.isSafeInteger(after) && after >= 0;
  return {
    caller,
    connection,
    shows: ref === null ? undefined : { ref, epoch: known ? (query.get("epoch") ?? "") : "", after: known ? after : 0 },
    room: undefined,
    followed: new Map(),
    inbox: Promise.resolve(),
    queued: 0,
    allowance: { left: frameBurst, atMs: performance.now() },
    drained: undefined,
    closed: false,
  };
}
