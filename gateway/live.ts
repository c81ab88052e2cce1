/** The page's own socket, `/live`: who may open it, its life from open to close, and what ends it from outside. */
import type { Server, WebSocketHandler } from "bun";
import type { RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { UserSignal } from "#domain/ports/index.ts";
import type { Parts } from "./app-env.ts";
import { type Connections, createConnections, type PageSocket, type PageState } from "./connections.ts";
import { beatFrame, roomsFrame, signedOutFrame, unreadFrame } from "./frames.ts";
import { createHub, type Hub, topics } from "./hub.ts";
import { errorFields } from "./log.ts";
import { isOwnSocket } from "./origin.ts";
import { createPageInbox, frameBurst, maxFrameBytes } from "./page-inbox.ts";
import { closeCodes, createPageLife } from "./page-life.ts";
import { socketCaller } from "./session.ts";

/** What a socket may have waiting to be sent, in bytes. A reader slower than that is closed and resumes later. */
const maxBacklogBytes = 1024 * 1024;
/** Lets pages notice a dead connection: they expect a sign of life this often. */
const beatEveryMs = 20_000;
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

/** @param left hears of everybody who leaves a room that this gateway follows */
export function createLive(parts: Omit<Parts, "assets" | "ring">, left: (room: RoomId, user: UserId) => void): Live {
  const { ports, log } = parts;
  const { metrics } = ports;
  const connections = createConnections();
  const inbox = createPageInbox(ports, log);
  let server: PageServer | undefined;
  let stopping = false;
  const closers: (() => void | Promise<void>)[] = [];

  const publish = (topic: string, frame: string) => {
    const readers = server?.subscriberCount(topic) ?? 0;
    server?.publish(topic, frame);
    metrics.count("superchat_gateway_published_frames_total");
    metrics.count("superchat_gateway_delivered_frames_total", readers);
  };

  const hub = createHub(
    ports,
    {
      publish,
      subscribers: (topic) => server?.subscriberCount(topic) ?? 0,
      memberLeft: (event) => {
        left(event.room, event.member.id);
        for (const socket of connections.ofUser(event.member.id)) life.dropRoom(socket, event.room);
      },
      rebuilt: (room) => {
        life.checkMembers(room).catch((error) => log.warn("members not checked", errorFields(error)));
      },
    },
    log,
  );

  const life = createPageLife(ports, () => hub, connections, log);

  const onUserSignal = (user: Parameters<Connections["ofUser"]>[0], signal: UserSignal) => {
    const sockets = connections.ofUser(user);
    if (sockets.length === 0 || signal.type === "revoked" || signal.type === "stop") return;
    if (signal.type === "read") return publish(topics.user(user), unreadFrame([signal.state]));
    for (const socket of sockets) {
      if (!signal.member) life.dropRoom(socket, signal.room);
      else life.takeRoom(socket, signal.room).catch((error) => log.warn("room not followed", errorFields(error)));
    }
    publish(topics.user(user), roomsFrame(signal.room, signal.member));
  };

  const beat = () => {
    publish(topics.everyone, beatFrame);
    for (const { data } of connections.all()) {
      // A missed one does no harm: presence ends after several.
      ports.presence.enter(data.caller.user.id, data.connection).catch(() => {});
    }
  };

  metrics.gauge("superchat_gateway_page_sockets", connections.count);
  metrics.gauge("superchat_gateway_followed_rooms", hub.followed);

  return {
    hub,
    connections,
    websocket: {
      open(socket) {
        void life.open(socket);
        // The session may have ended between the handshake and now.
        if (parts.revocations.has(socket.data.caller.session)) end(socket);
      },
      message: inbox,
      drain(socket) {
        socket.data.drained?.();
      },
      close(socket) {
        void life.close(socket, !stopping);
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
      for (const socket of sessions.flatMap((session) => connections.ofSession(session))) end(socket);
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

function end(socket: PageSocket): void {
  socket.send(signedOutFrame);
  socket.close(closeCodes.signedOut, "signed out");
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
