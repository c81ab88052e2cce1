/**
 * A room's channel on a program's socket, from the subscribe command until it ends. Who comes back is given exactly what was
 * missed: as much as fits into the reply, then the rest as publications, in order, before anything live. Subscribing to the
 * live topic happens in the very tick in which nothing is missing any more, so no socket needs a buffer of its own.
 */
import { memberAccess } from "#domain/access-room.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { freshly } from "#domain/standstill.ts";
import { inLine } from "../drained.ts";
import { errorFields, type Log } from "../log.ts";
import type { FanOut } from "../socket-kind.ts";
import { roomOf, userChannel } from "./channels.ts";
import { CommandError, type End, replyErrors, unsubscribes } from "./codes.ts";
import type { CommandOf } from "./commands.ts";
import {
  bytesOfRun,
  grownPush,
  maxSentFrameBytes,
  publicationPushes,
  resultReply,
  subscribeReply,
  unsubscribePush,
} from "./frames.ts";
import type { Missed } from "./missed.ts";
import { createPursuit, type Pursuit } from "./pursuit.ts";
import type { Replies } from "./replies.ts";
import { callerOf, type ProgramSocket, type Subscription } from "./state.ts";

/** Channels of one connection. Coming back with all of them fits into one frame. */
export const maxChannels = 256;
/** In the flags of a subscribe command: rather an error than going on without what was missed. */
const rejectUnrecovered = 2;

export interface Subscribing {
  subscribe(socket: ProgramSocket, id: number, asked: CommandOf<"subscribe">, replies: Replies): Promise<void>;
  unsubscribe(socket: ProgramSocket, id: number, asked: CommandOf<"unsubscribe">, replies: Replies): void;
  /** Ends the room's subscription, if there is one. @param why what the client is told, if it thinks that it is subscribed */
  end(socket: ProgramSocket, room: RoomId, why: End | undefined): void;
}

export function createSubscribing(
  { ports, log }: { readonly ports: Pick<Ports, "rooms" | "events" | "stream" | "metrics">; readonly log: Log },
  { hub }: FanOut,
  missed: Missed,
): Subscribing {
  const end = (socket: ProgramSocket, room: RoomId, why: End | undefined) => {
    const { channels, closed } = socket.data;
    const subscription = channels.get(room);
    if (subscription === undefined) return;
    channels.delete(room);
    subscription.followed?.release();
    if (closed) return;
    if (subscription.topic !== undefined) socket.unsubscribe(subscription.topic);
    if (subscription.told && why !== undefined) socket.send(unsubscribePush(room, why));
  };

  const stillWanted = ({ data: { closed, channels } }: ProgramSocket, room: RoomId, subscription: Subscription) =>
    !closed && channels.get(room) === subscription;

  const follow = async (socket: ProgramSocket, room: RoomId, subscription: Subscription) => {
    const access = await memberAccess(ports, callerOf(socket).user, room);
    const followed = await hub().follow(room, "program");
    if (stillWanted(socket, room, subscription)) {
      subscription.followed = followed;
      return { followed, stored: access.room };
    }
    followed.release();
    throw new CommandError(replyErrors.permissionDenied);
  };

  /** As much as fits into the reply; undefined when the position means nothing any more. */
  const recover = async (pursuit: Pursuit): Promise<readonly string[] | undefined> => {
    let publications: readonly string[] = [];
    for (let left = maxSentFrameBytes; left > 0; ) {
      const run = await pursuit.next(left);
      if (run === undefined) return undefined;
      if (run.length === 0) break;
      // Mostly there is one run, which is the same for all who come back from there.
      publications = publications.length === 0 ? run : [...publications, ...run];
      left -= bytesOfRun(run);
    }
    return publications;
  };

  /** With the texts that grow at the moment, from their beginnings. */
  const goLive = (socket: ProgramSocket, room: RoomId, subscription: Subscription) => {
    const { followed } = subscription;
    if (followed === undefined) return;
    subscription.topic = followed.join();
    socket.subscribe(subscription.topic);
    for (const grown of followed.growing()) socket.send(grownPush(room, grown));
  };

  /** What did not fit into the reply, then live. A failure makes the client subscribe again, from where it is then. */
  const goOn = async (socket: ProgramSocket, room: RoomId, subscription: Subscription, pursuit: Pursuit) => {
    try {
      while (stillWanted(socket, room, subscription)) {
        if (pursuit.arrived()) return goLive(socket, room, subscription);
        // One room of the socket after the other: together they would fill its backlog.
        await inLine(socket, async () => {
          if (!stillWanted(socket, room, subscription)) return;
          const run = await pursuit.next(maxSentFrameBytes);
          if (!stillWanted(socket, room, subscription)) return;
          if (run === undefined) return end(socket, room, unsubscribes.insufficientState);
          for (const frame of publicationPushes(room, run)) socket.send(frame);
        });
      }
    } catch (error) {
      log.warn("recovery broke off", { connection: socket.data.client, room, ...errorFields(error) });
      end(socket, room, unsubscribes.insufficientState);
    }
  };

  const checked = (socket: ProgramSocket, channel: string): RoomId => {
    const { channels } = socket.data;
    const own = userChannel(callerOf(socket).user.id);
    if (channel === own) throw new CommandError(replyErrors.alreadySubscribed);
    if (channel.startsWith("user:")) throw new CommandError(replyErrors.permissionDenied);
    const room = roomOf(channel);
    if (channels.has(room)) throw new CommandError(replyErrors.alreadySubscribed);
    if (channels.size >= maxChannels) throw new CommandError(replyErrors.limitExceeded);
    return room;
  };

  return {
    async subscribe(socket, id, asked, replies) {
      const { epoch, offset } = asked;
      const room = checked(socket, asked.channel);
      const subscription: Subscription = { followed: undefined, topic: undefined, told: false };
      // From here on, losing the membership ends it.
      socket.data.channels.set(room, subscription);
      try {
        const { followed, stored } = await follow(socket, room, subscription);
        const from = asked.recover ? { epoch, offset } : followed.shown();
        // What was read for the reply before this process stood still may be deleted since.
        const { pursuit, publications } = await freshly(async () => {
          const pursuit = createPursuit({ missed, room: stored, followed, from });
          return { pursuit, publications: asked.recover ? await recover(pursuit) : [] };
        });
        if (!stillWanted(socket, room, subscription)) throw new CommandError(replyErrors.permissionDenied);
        if (asked.recover) count(publications !== undefined);
        if (publications === undefined && (asked.flag & rejectUnrecovered) !== 0) {
          throw new CommandError(replyErrors.unrecoverablePosition);
        }
        const position =
          publications === undefined ? followed.shown() : { epoch: followed.shown().epoch, offset: pursuit.after() };
        const recovered = asked.recover ? publications !== undefined : undefined;
        replies.add(subscribeReply(id, { position, recovered, publications: publications ?? [] }));
        replies.flush();
        subscription.told = true;
        if (publications === undefined || pursuit.arrived()) goLive(socket, room, subscription);
        else {
          // From where the reply ended: what was read beyond it is not kept while others have their turn.
          const on = { epoch: from.epoch, offset: pursuit.after() };
          void goOn(socket, room, subscription, createPursuit({ missed, room: stored, followed, from: on }));
        }
      } catch (error) {
        if (stillWanted(socket, room, subscription)) end(socket, room, undefined);
        throw error;
      }
    },

    unsubscribe(socket, id, { channel }, replies) {
      if (channel !== userChannel(callerOf(socket).user.id)) end(socket, roomOf(channel), undefined);
      replies.add(resultReply(id, "unsubscribe", {}));
    },

    end,
  };

  function count(recovered: boolean): void {
    ports.metrics.count("superchat_gateway_recoveries_total", 1, recovered ? "recovered" : "unrecovered");
  }
}
