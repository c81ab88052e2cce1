/** What a page says over its socket: posts, read marks, typing. One frame after the other, within named limits. */
import { z } from "zod";
import { ChatError, isChatError } from "#domain/errors.ts";
import { parseDraftIds, type RoomId } from "#domain/ids.ts";
import { markRead } from "#domain/mark-read.ts";
import type { Ports } from "#domain/ports/index.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import { tellTyping } from "#domain/tell-typing.ts";
import type { PageSocket } from "./connections.ts";
import { untilDrained } from "./drained.ts";
import { endSocket } from "./end-socket.ts";
import { ackFrame, unreadFrame } from "./frames.ts";
import type { Log } from "./log.ts";
import type { PersonLimits } from "./person-limits.ts";
import { refusalOf, refusedFrame } from "./refusals.tsx";
import { inRequest } from "./request-scope.ts";
import { send } from "./send.ts";

/** Largest frame from a page, in bytes; a larger one closes the socket with 1009. */
export const maxFrameBytes = 64 * 1024;
/** Frames that may wait for their turn, and their bytes; a page that does not wait for acks is told to come back. */
export const maxQueuedFrames = 256;
export const maxQueuedBytes = 1024 * 1024;
/** Frames at once, and how fast that many may come again; person-limits.ts has the same for all of a person's. Beyond that the socket is closed with 1008. */
export const frameBurst = 400;
export const framesPerSecond = 100;

const frame = z.union([
  z.object({
    post: z.object({
      id: z.string(),
      room: z.string(),
      text: z.string(),
      resend: z.boolean().optional(),
      replyTo: z.string().optional(),
    }),
  }),
  z.object({ read: z.object({ room: z.string(), offset: z.number() }) }),
  z.object({ recount: z.object({ room: z.string() }) }),
  z.object({ typing: z.object({ room: z.string() }) }),
]);

export type PageInbox = (socket: PageSocket, data: string | Buffer) => void;

export function createPageInbox(ports: Ports, log: Log, people: Pick<PersonLimits, "says">): PageInbox {
  let waiting = 0;
  ports.metrics.gauge("superchat_gateway_waiting_frames", () => waiting);

  const handle = async (socket: PageSocket, data: string) => {
    const { user } = socket.data.caller;
    const said = parseFrame(data);
    if ("post" in said) {
      const { post } = said;
      try {
        const sent = await send({ ports, log }, user, { ...post, ...parseDraftIds(post) });
        socket.send(ackFrame(sent.id, sent.absent.length > 0));
      } catch (error) {
        socket.send(refusedFrame(post.id, refusalOf(error, log, socket.data.connection)));
      }
    } else if ("read" in said) {
      await markRead(ports, user, said.read.room, said.read.offset).catch(unlessTooOften);
    } else if ("recount" in said) {
      await recount(socket, said.recount.room).catch(unlessTooOften);
    } else {
      const room = followedBy(socket, said.typing.room);
      if (room !== undefined) await tellTyping(ports, user, room);
    }
  };

  /** A query for each, so as often as read marks. */
  const recount = async (socket: PageSocket, wanted: string) => {
    const { user } = socket.data.caller;
    await spend(ports, rateLimits.readMarksPerPerson, user.id);
    const room = followedBy(socket, wanted);
    const state = room && (await ports.rooms.readState(room, user.id));
    if (state !== undefined) socket.send(unreadFrame([state]));
  };

  return (socket, data) => {
    if (socket.data.closed) return;
    if (!allowed(socket) || !people.says(socket.data.caller.user.id))
      return endSocket(socket, { code: 1008, reason: "too many frames" });
    const bytes = Buffer.byteLength(data);
    if (socket.data.queued >= maxQueuedFrames || socket.data.queuedBytes + bytes > maxQueuedBytes)
      return endSocket(socket, { code: 1013, reason: "too many frames waiting" });
    socket.data.queued += 1;
    socket.data.queuedBytes += bytes;
    waiting += 1;
    const scope = { requestId: socket.data.connection, arrivedAt: performance.now() };
    socket.data.inbox = socket.data.inbox
      .then(async () => {
        await untilDrained(socket);
        await inRequest(scope, () => handle(socket, String(data)));
      })
      .catch((error) => void socket.send(refusedFrame(undefined, refusalOf(error, log, socket.data.connection))))
      .finally(() => {
        socket.data.queued -= 1;
        socket.data.queuedBytes -= bytes;
        waiting -= 1;
      });
  };
}

function followedBy({ data }: PageSocket, room: string): RoomId | undefined {
  return [...data.followed.keys()].find((id) => id === room);
}

/** The mark after it counts as well. */
function unlessTooOften(error: unknown): undefined {
  if (!isChatError(error, "rate-limited")) throw error;
}

function parseFrame(data: string): z.infer<typeof frame> {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    throw new ChatError("invalid", "A frame is a JSON object.");
  }
  const parsed = frame.safeParse(json);
  if (!parsed.success)
    throw new ChatError("invalid", "A frame is a post, a read mark, a question for a count, or a typing signal.");
  return parsed.data;
}

/** A token bucket of the socket's own: cheap enough to ask for each frame. */
function allowed(socket: PageSocket): boolean {
  const { allowance } = socket.data;
  const now = performance.now();
  allowance.left = Math.min(frameBurst, allowance.left + ((now - allowance.atMs) * framesPerSecond) / 1000);
  allowance.atMs = now;
  if (allowance.left < 1) return false;
  allowance.left -= 1;
  return true;
}
