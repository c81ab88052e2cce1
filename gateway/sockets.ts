/** All sockets of a gateway behind one server: told apart by what they carry, served by one hub, stopped together. */
import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import type { RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { Parts } from "./app-env.ts";
import { endGreediest, lookEveryMs } from "./backlogs.ts";
import { createHub, type Hub } from "./hub.ts";
import { createLive } from "./live.ts";
import { maxFrameBytes } from "./page-inbox.ts";
import { createPersonLimits } from "./person-limits.ts";
import { createPrograms } from "./programs/programs.ts";
import type { FanOut, SocketKind, SocketState } from "./socket-kind.ts";
import { createTurnstile } from "./turnstile.ts";

/** What a socket may have waiting to be sent, in bytes. A reader slower than that is closed and resumes later. */
export const maxBacklogBytes = 1024 * 1024;

/** For the server that holds the sockets: a reader that is too slow is closed, and resumes without loss. */
export const socketLimits = {
  maxPayloadLength: maxFrameBytes,
  backpressureLimit: maxBacklogBytes,
  closeOnBackpressureLimit: true,
  idleTimeout: 60,
  sendPings: true,
} as const;

/** Looking for slow readers takes a moment for each socket: so long has passed since the last time, for each. */
const lookForSlowEveryMs = 0.002;

/** In seconds; those who are told come spread over some time, as clients do. */
const retryLater = { "Retry-After": "5" };

type SocketServer = Server<SocketState>;
/** The way to all sockets: of one server, or of those that took turns at a port. */
export type SocketPublisher = Pick<SocketServer, "publish" | "subscriberCount">;
type AnySocket = ServerWebSocket<SocketState>;

export interface Sockets {
  readonly hub: Hub;
  readonly websocket: WebSocketHandler<SocketState>;
  /** Whether a socket is opened at this path. */
  serves(path: string): boolean;
  /** Answers a handshake: undefined when it became a socket. */
  upgrade(request: Request, server: SocketServer): Promise<Response | undefined>;
  count(): number;
  endSessions(sessions: readonly SessionId[]): void;
  start(server: SocketPublisher): Promise<void>;
  stop(): Promise<void>;
}

/** @param left hears of everybody who leaves a room that this gateway follows */
export function createSockets(
  parts: Omit<Parts, "assets" | "ring">,
  left: (room: RoomId, user: UserId) => void,
): Sockets {
  const { ports, log } = parts;
  const { metrics } = ports;
  let server: SocketPublisher | undefined;
  const closers: (() => void | Promise<void>)[] = [];
  const turnstile = createTurnstile();
  const subscribers = (topic: string) => server?.subscriberCount(topic) ?? 0;

  const fanOut: FanOut = {
    hub: () => hub,
    subscribers,
    publish(topic, frame) {
      const readers = subscribers(topic);
      const sent = server?.publish(topic, frame) ?? 0;
      metrics.count("superchat_gateway_published_frames_total");
      metrics.count("superchat_gateway_delivered_frames_total", readers);
      // It says that somebody reads too slowly, not who.
      if (sent <= 0 && readers > 0) endSlow();
    },
  };
  const limits = createPersonLimits(ports, parts.config.limits);
  const pages = createLive(parts, fanOut, limits);
  const programs = createPrograms(parts, fanOut, limits);
  const kinds: readonly SocketKind<never>[] = [pages, programs];
  const count = () => pages.count() + programs.count();
  let lookedForSlowMs = 0;

  const endSlow = () => {
    const now = performance.now();
    if (now - lookedForSlowMs < lookForSlowEveryMs * count()) return;
    lookedForSlowMs = now;
    endGreediest(kinds.flatMap((kind) => kind.backlogs()));
  };

  const hub = createHub(
    ports,
    {
      publish: fanOut.publish,
      subscribers,
      memberLeft(event) {
        left(event.room, event.member.id);
        for (const kind of kinds) kind.memberLeft(event);
      },
      rebuilt(room) {
        for (const kind of kinds) kind.rebuilt(room);
      },
      erased(room) {
        for (const kind of kinds) kind.erased(room);
      },
    },
    log,
  );
  metrics.gauge("superchat_gateway_followed_rooms", hub.followed);
  metrics.gauge("superchat_gateway_waiting_handshakes", turnstile.waiting);

  /** What a socket carries along was given to it by its own kind. */
  const kindOf = (socket: AnySocket) =>
    (socket.data.kind === "page" ? pages : programs) as SocketKind<unknown> as SocketKind<AnySocket>;

  return {
    hub,
    websocket: {
      open: (socket) => kindOf(socket).open(socket),
      message: (socket, data) => kindOf(socket).message(socket, data),
      drain: (socket) => kindOf(socket).drain(socket),
      close: (socket) => kindOf(socket).close(socket),
    },
    serves: (path) => path === "/live" || path === "/connection/websocket",
    async upgrade(request, own) {
      if (!(await turnstile.enter())) return new Response("too many at once", { status: 503, headers: retryLater });
      const kind = new URL(request.url).pathname === "/live" ? pages : programs;
      return await kind.upgrade(request, own);
    },
    count,
    endSessions(sessions) {
      for (const kind of kinds) kind.endSessions(sessions);
    },

    async start(own) {
      server = own;
      const onUsers = await ports.signals.onUsers((user, signal) => {
        for (const kind of kinds) kind.onUserSignal(user, signal);
      });
      closers.push(onUsers);
      for (const kind of kinds) kind.start();
      const timer = setInterval(endSlow, lookEveryMs);
      closers.push(() => clearInterval(timer));
    },

    async stop() {
      await Promise.all(kinds.map((kind) => kind.stop()));
      for (const end of closers.reverse()) await end();
      await hub.close();
    },
  };
}
