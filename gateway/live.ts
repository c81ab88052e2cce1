/** The page's own socket, `/live`: who may open it, its life from open to close, and what ends it from outside. */
import type { UserId } from "#domain/ids.ts";
import type { UserSignal } from "#domain/ports/index.ts";
import type { Parts } from "./app-env.ts";
import type { Backlog } from "./backlogs.ts";
import { createConnections, type PageSocket, type PageState } from "./connections.ts";
import { endSocket } from "./end-socket.ts";
import { beatFrame, roomsFrame, signedOutFrame, unreadFrame, waitingFrame } from "./frames.ts";
import { errorFields } from "./log.ts";
import { isOwnSocket } from "./origin.ts";
import { createPageInbox, frameBurst } from "./page-inbox.ts";
import { closeCodes, createPageLife } from "./page-life.ts";
import type { PersonLimits } from "./person-limits.ts";
import { socketCaller } from "./session.ts";
import { drainSpreadMs, type FanOut, type SocketKind, spread } from "./socket-kind.ts";
import { topics } from "./topics.ts";

/** Lets pages notice a dead connection: they expect a sign of life this often. */
const beatEveryMs = 20_000;

export function createLive(
  parts: Omit<Parts, "assets" | "ring">,
  { hub, publish }: FanOut,
  limits: PersonLimits,
): SocketKind<PageSocket> {
  const { ports, log } = parts;
  const connections = createConnections<PageSocket>(({ data }) => data.caller);
  const inbox = createPageInbox(ports, log, limits);
  const life = createPageLife(ports, hub, connections, limits, log);
  let stopping = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const onUserSignal = (user: UserId, signal: UserSignal) => {
    const sockets = connections.ofUser(user);
    if (sockets.length === 0 || signal.type === "revoked" || signal.type === "stop") return;
    if (signal.type === "read") return publish(topics.user(user), unreadFrame([signal.state]));
    if (signal.type === "waiting") return publish(topics.user(user), waitingFrame(signal.accepted));
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

  ports.metrics.gauge("superchat_gateway_page_sockets", connections.count);

  return {
    count: connections.count,

    async upgrade(request, own) {
      if (stopping) return new Response("restarting", { status: 503, headers: { "Retry-After": "1" } });
      if (!isOwnSocket(request.headers, parts.config)) return new Response("wrong origin", { status: 403 });
      const caller = await socketCaller(parts, request.headers);
      if (caller === undefined) return new Response("sign in first", { status: 401 });
      const { user } = caller;
      await limits.comes(user.id);
      if (!limits.mayOpen(connections.ofUser(user.id).length))
        return new Response("too many sockets", { status: 429, headers: { "Retry-After": "60" } });
      const data = newState(caller, ports.ids.next(), new URL(request.url).searchParams);
      return own.upgrade(request, { data }) ? undefined : new Response("not a WebSocket handshake", { status: 426 });
    },

    open(socket) {
      void life.open(socket);
      // The session may have ended between the handshake and now.
      if (parts.revocations.has(socket.data.caller.session)) end(socket);
    },
    message: inbox,
    drain: (socket) => socket.data.drained?.(),
    close(socket) {
      void life.close(socket, !stopping);
    },

    memberLeft({ room, member }) {
      for (const socket of connections.ofUser(member.id)) life.dropRoom(socket, room);
    },
    rebuilt(room) {
      life.checkMembers(room).catch((error) => log.warn("members not checked", errorFields(error)));
    },
    // Reads for each page anew.
    erased: () => undefined,
    onUserSignal,
    endSessions(sessions) {
      for (const socket of sessions.flatMap((session) => connections.ofSession(session))) end(socket);
    },

    backlogs() {
      const backlogs: Backlog[] = [];
      for (const socket of connections.all()) {
        const bytes = socket.getBufferedAmount();
        if (bytes === 0) continue;
        const end = () => endSocket(socket, { code: closeCodes.overloaded, reason: "slow" });
        backlogs.push({ user: socket.data.caller.user.id, bytes, end });
      }
      return backlogs;
    },

    start() {
      timer = setInterval(beat, beatEveryMs);
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      const all = [...connections.all()];
      await Promise.all(all.map((socket) => socket.data.inbox));
      const restart = { code: closeCodes.restart, reason: "restarting" };
      await spread(all, drainSpreadMs, (socket) => endSocket(socket, restart));
    },
  };
}

function end(socket: PageSocket): void {
  socket.send(signedOutFrame);
  endSocket(socket, { code: closeCodes.signedOut, reason: "signed out" });
}

function newState(caller: PageState["caller"], connection: string, query: URLSearchParams): PageState {
  const ref = query.get("room");
  const after = Number(query.get("after"));
  const known = Number.isSafeInteger(after) && after >= 0;
  return {
    kind: "page",
    caller,
    connection,
    shows: ref === null ? undefined : { ref, epoch: known ? (query.get("epoch") ?? "") : "", after: known ? after : 0 },
    room: undefined,
    pageTopic: undefined,
    followed: new Map(),
    inbox: Promise.resolve(),
    queued: 0,
    queuedBytes: 0,
    allowance: { left: frameBurst, atMs: performance.now() },
    drained: undefined,
    closed: false,
  };
}
