/** Who a program is: the connect command, the refresh of its token, and how long that lasts. */
import { isChatError } from "#domain/errors.ts";
import type { Parts } from "../app-env.ts";
import type { Connections } from "../connections.ts";
import { isOwnSocket } from "../origin.ts";
import type { PersonLimits } from "../person-limits.ts";
import { bearerToken, callerByToken, mayDo, socketCaller } from "../session.ts";
import { type Caller, hasExpired } from "../tokens.ts";
import { topics } from "../topics.ts";
import { pingEveryS } from "./beat.ts";
import { userChannel } from "./channels.ts";
import { CommandError, Disconnect, ends, replyErrors } from "./codes.ts";
import type { CommandOf } from "./commands.ts";
import { resultReply } from "./frames.ts";
import type { Replies } from "./replies.ts";
import { callerOf, type Offered, type ProgramSocket } from "./state.ts";

type ConnectParts = Pick<Parts, "ports" | "config" | "tokens" | "programs" | "revocations">;

const version = "superchat";

/** What a handshake brings along: an Authorization header, or the cookies of a page of ours. */
export async function offeredBy(parts: ConnectParts, headers: Headers): Promise<Offered | undefined> {
  const token = bearerToken(headers);
  if (token !== undefined) return { token };
  // Any site can make a browser bring our cookies, so they count only from our own pages.
  if (!isOwnSocket(headers, parts.config)) return undefined;
  const caller = await socketCaller(parts, headers);
  return caller && { caller };
}

export interface Connecting {
  connect(socket: ProgramSocket, id: number, asked: CommandOf<"connect">, replies: Replies): Promise<void>;
  refresh(socket: ProgramSocket, id: number, asked: CommandOf<"refresh">, replies: Replies): Promise<void>;
}

/** @param connected takes the socket up among those who are here */
export function createConnecting(
  parts: ConnectParts,
  limits: Pick<PersonLimits, "comes" | "mayOpen">,
  connections: Connections<ProgramSocket>,
  connected: (socket: ProgramSocket) => void,
): Connecting {
  const { clock } = parts.ports;

  const verified = async (token: string): Promise<Caller> => {
    try {
      return await callerByToken(parts, token);
    } catch (error) {
      if (hasExpired(error)) throw new CommandError(replyErrors.tokenExpired);
      if (isChatError(error, "unauthenticated")) throw new Disconnect(ends.invalidToken);
      throw error;
    }
  };

  /** Only who sent the token in a command can send the next one. */
  const lifetime = ({ data: state }: ProgramSocket) => {
    if (!Number.isFinite(state.expiresAtMs)) return {};
    return { expires: true, ttl: Math.max(1, Math.ceil((state.expiresAtMs - clock.now()) / 1000)) };
  };

  const greeting = ({ data: state }: ProgramSocket) => ({ client: state.client, version });

  return {
    async connect(socket, id, { token }, replies) {
      const { data: state } = socket;
      if (state.caller !== undefined) throw new Disconnect(ends.badRequest);
      const { offered } = state;
      const caller =
        token !== "" || offered?.token !== undefined
          ? await verified(token || (offered?.token ?? ""))
          : offered?.caller;
      if (caller === undefined) throw new CommandError(replyErrors.unauthorized);
      await limits.comes(caller.user.id);
      if (state.closed) return;
      if (!limits.mayOpen(connections.ofUser(caller.user.id).length)) throw new Disconnect(ends.connectionLimit);
      state.caller = caller;
      state.offered = undefined;
      // A header's token can't be refreshed here; the connection ends with it. A page's cookies live as long as the sign-in.
      const byHeader = token === "" && offered?.token !== undefined;
      if (token !== "") state.expiresAtMs = caller.expiresAtMs;
      connections.add(socket);
      const expiry = lifetime(socket);
      if (byHeader) state.expiresAtMs = caller.expiresAtMs;
      const hearsNews = mayDo(caller, "messages:read");
      const subs = hearsNews ? { [userChannel(caller.user.id)]: {} } : {};
      const result = { ...greeting(socket), ...expiry, subs, ping: pingEveryS, pong: true };
      replies.add(resultReply(id, "connect", result));
      replies.flush();
      if (hearsNews) socket.subscribe(topics.programUser(caller.user.id));
      connected(socket);
    },

    async refresh(socket, id, { token }, replies) {
      const before = callerOf(socket);
      const caller = await verified(token);
      // What it may do is settled when it connects.
      if (caller.user.id !== before.user.id || caller.scopes?.join() !== before.scopes?.join())
        throw new Disconnect(ends.invalidToken);
      if (socket.data.closed) return;
      connections.remove(socket, before);
      socket.data.caller = caller;
      socket.data.expiresAtMs = caller.expiresAtMs;
      connections.add(socket);
      replies.add(resultReply(id, "refresh", { ...greeting(socket), ...lifetime(socket) }));
    },
  };
}
