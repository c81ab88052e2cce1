/** The socket for programs, `/connection/websocket`: who may open it, what its commands do, and what ends it from outside. */

import type { Parts } from "../app-env.ts";
import type { Backlog } from "../backlogs.ts";
import { createConnections } from "../connections.ts";
import { endSocket } from "../end-socket.ts";
import type { PersonLimits } from "../person-limits.ts";
import { refusalOf } from "../refusals.tsx";
import { drainSpreadMs, type FanOut, type SocketKind, spread } from "../socket-kind.ts";
import { createBeat } from "./beat.ts";
import { roomOf } from "./channels.ts";
import { CommandError, type End, ends, replyErrors, unsubscribes } from "./codes.ts";
import type { Command } from "./commands.ts";
import { createConnecting, offeredBy } from "./connecting.ts";
import { commandErrorOf } from "./errors.ts";
import { resultReply } from "./frames.ts";
import { commandBurst, createInbox } from "./inbox.ts";
import { callMethod, publishTo } from "./methods.ts";
import { createMissed } from "./missed.ts";
import { createPeople } from "./people.ts";
import { inTurn, type Turn } from "./posts.ts";
import { history, presence, presenceStats } from "./reading.ts";
import type { Replies } from "./replies.ts";
import { checkScope } from "./scopes.ts";
import { callerOf, type Offered, type ProgramSocket, type ProgramState } from "./state.ts";
import { createSubscribing } from "./subscribing.ts";
import { tellSignal } from "./user-news.ts";

/** What a program may have waiting to be sent, in bytes, before it is told to come back; the server's own wall is higher. */
export const maxProgramBacklogBytes = 512 * 1024;

export function createPrograms(
  parts: Omit<Parts, "assets" | "ring">,
  fanOut: FanOut,
  limits: PersonLimits,
): SocketKind<ProgramSocket> {
  const { ports, log, config } = parts;
  const { metrics } = ports;
  const connections = createConnections<ProgramSocket>(callerOf);
  const people = createPeople(ports, fanOut.hub, limits, log);
  const missed = createMissed(ports);
  const subscribing = createSubscribing(parts, fanOut, missed);
  const ended = ({ code }: End) => metrics.count("superchat_gateway_program_ends_total", 1, String(code));
  const beat = createBeat({ fanOut, presence: ports.presence, clock: ports.clock, ended });
  const connecting = createConnecting(parts, limits, connections, (socket) => {
    const { user, session } = callerOf(socket);
    beat.join(socket);
    people.enter(user.id, socket.data.client, () => end(socket, ends.connectionLimit));
    // The session may have ended while its token was looked at.
    if (parts.revocations.has(session)) end(socket, ends.signedOut);
  });
  let stopping = false;

  const end = (socket: ProgramSocket, how: End) => {
    ended(how);
    endSocket(socket, how);
  };

  const run = async (socket: ProgramSocket, command: Command, replies: Replies, turn?: Turn) => {
    const { id } = command;
    if (command.connect) return await connecting.connect(socket, id, command.connect, replies);
    const caller = callerOf(socket);
    checkScope(caller, command);
    const { user } = caller;
    if (command.ping) return replies.add(resultReply(id, "ping", {}));
    if (command.subscribe) return await subscribing.subscribe(socket, id, command.subscribe, replies);
    if (command.unsubscribe) return subscribing.unsubscribe(socket, id, command.unsubscribe, replies);
    if (command.publish) {
      const { channel, data } = command.publish;
      const own = turn === undefined ? parts : { log, ports: inTurn(ports, turn) };
      await publishTo(own, user, roomOf(channel), data);
      return replies.add(resultReply(id, "publish", {}));
    }
    if (command.presence) return await presence(ports, user, id, command.presence, replies);
    if (command.presence_stats) return await presenceStats(ports, user, id, command.presence_stats, replies);
    if (command.history) return await history(ports, user, id, command.history, replies);
    if (command.rpc) {
      const data = await callMethod(parts, user, command.rpc.method, command.rpc.data);
      return replies.add(resultReply(id, "rpc", { data }));
    }
    if (command.refresh) return await connecting.refresh(socket, id, command.refresh, replies);
    if (command.sub_refresh) throw new CommandError(replyErrors.notAvailable);
    throw new CommandError(replyErrors.methodNotFound);
  };

  const inbox = createInbox({
    run,
    errorOf: (error, { data }) => commandErrorOf(refusalOf(error, log, data.client)),
    limits: config.limits,
    people: limits,
  });

  metrics.gauge("superchat_gateway_program_sockets", connections.count);
  metrics.gauge("superchat_gateway_waiting_commands", inbox.waiting);

  return {
    count: connections.count,

    async upgrade(request, own) {
      if (stopping) return new Response("restarting", { status: 503, headers: { "Retry-After": "1" } });
      const data = newState(ports.ids.next(), await offeredBy(parts, request.headers));
      return own.upgrade(request, { data }) ? undefined : new Response("not a WebSocket handshake", { status: 426 });
    },

    open: beat.await,
    message: inbox.take,
    drain: (socket) => socket.data.drained?.(),
    close(socket) {
      const { data: state } = socket;
      state.closed = true;
      state.drained?.();
      beat.leave(socket);
      for (const room of [...state.channels.keys()]) subscribing.end(socket, room, undefined);
      if (state.caller === undefined) return;
      connections.remove(socket, state.caller);
      people.leave(state.caller.user.id, state.client, !stopping);
    },

    memberLeft({ room, member }) {
      for (const socket of connections.ofUser(member.id)) subscribing.end(socket, room, unsubscribes.notMember);
    },
    rebuilt(room) {
      // Who is on the way to a subscription sees the new epoch by itself.
      for (const socket of connections.all()) {
        if (socket.data.channels.get(room)?.told) subscribing.end(socket, room, unsubscribes.insufficientState);
      }
    },
    erased: missed.forget,
    onUserSignal(user, signal) {
      tellSignal(fanOut, user, signal);
      if (signal.type !== "rooms") return;
      if (signal.member) return people.joined(user, signal.room);
      people.left(user, signal.room);
      for (const socket of connections.ofUser(user)) subscribing.end(socket, signal.room, unsubscribes.notMember);
    },
    endSessions(sessions) {
      for (const socket of sessions.flatMap((session) => connections.ofSession(session))) end(socket, ends.signedOut);
    },
    backlogs() {
      const backlogs: Backlog[] = [];
      for (const socket of connections.all()) {
        const bytes = socket.getBufferedAmount();
        const how = () => end(socket, ends.slow);
        if (bytes > maxProgramBacklogBytes) how();
        else if (bytes > 0) backlogs.push({ user: callerOf(socket).user.id, bytes, end: how });
      }
      return backlogs;
    },

    start: beat.start,
    async stop() {
      stopping = true;
      beat.stop();
      const all = [...connections.all()];
      await Promise.all(all.map((socket) => inbox.idle(socket)));
      await spread(all, drainSpreadMs, (socket) => end(socket, ends.shutdown));
    },
  };
}

function newState(client: string, offered: Offered | undefined): ProgramState {
  const now = performance.now();
  return {
    kind: "program",
    client,
    offered,
    caller: undefined,
    expiresAtMs: Number.POSITIVE_INFINITY,
    channels: new Map(),
    slot: 0,
    inbox: Promise.resolve(),
    posts: undefined,
    queued: 0,
    queuedBytes: 0,
    allowance: commandBurst,
    allowedAtMs: now,
    heardAtMs: now,
    drained: undefined,
    line: Promise.resolve(),
    closed: false,
  };
}
