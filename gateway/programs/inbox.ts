/**
 * What a program says over its socket: commands, one after the other, within named limits, each with a reply. Posts alone don't
 * wait for the ack of the one before; any other command waits for all of them.
 */

import { inLine, untilDrained } from "../drained.ts";
import { endSocket } from "../end-socket.ts";
import type { PersonLimits } from "../person-limits.ts";
import { inRequest } from "../request-scope.ts";
import { CommandError, Disconnect, ends, replyErrors } from "./codes.ts";
import { type Command, isPong, linesOf, parseCommand } from "./commands.ts";
import { emptyFrame, errorReply } from "./frames.ts";
import { createPosts, type Turn } from "./posts.ts";
import { createReplies, type Replies } from "./replies.ts";
import type { ProgramSocket } from "./state.ts";

/** Commands in one frame. A client that comes back subscribes to all its channels in one. */
export const maxFrameCommands = 512;
/** Commands that may wait for their turn, and their bytes; a client that does not wait for replies is told to come back. */
export const maxQueuedCommands = 1_024;
export const maxQueuedBytes = 1024 * 1024;
/** Commands at once, and how fast that many may come again. Beyond that they are answered with "too many requests" … */
export const commandBurst = 600;
export const commandsPerSecond = 100;
/** … and a client that goes on regardless is told to come back. */
export const maxRefusedCommands = 400;

/** Before a socket is ended, what is on its way is waited for this long, and so often while there is more. */
const arrivalMs = 25;
const maxIdleRounds = 10;

export interface InboxOptions {
  /** Adds the reply, or throws a CommandError, a Disconnect or what the domain throws. */
  readonly run: (socket: ProgramSocket, command: Command, replies: Replies, turn?: Turn) => Promise<void>;
  /** What is not the protocol's own, as the protocol says it. */
  readonly errorOf: (error: unknown, socket: ProgramSocket) => CommandError;
  readonly limits: boolean;
  readonly people: Pick<PersonLimits, "says">;
}

export interface Inbox {
  take(socket: ProgramSocket, data: string | Buffer): void;
  /** Resolves when everything taken so far is answered. */
  idle(socket: ProgramSocket): Promise<void>;
  waiting(): number;
}

export function createInbox({ run, errorOf, limits, people }: InboxOptions): Inbox {
  let waiting = 0;

  const work = async (socket: ProgramSocket, lines: readonly string[]) => {
    const bytes = bytesIn(lines);
    const replies = createReplies(socket);
    let left = lines.length;
    try {
      for (const line of lines) {
        if (socket.data.closed) return;
        const command = parseCommand(line);
        if (command.publish === undefined) {
          await socket.data.posts?.idle();
          // For a reader who is behind a command waits, and what it asks for is not read before.
          await inLine(socket, () => answer(socket, command, replies));
          done(socket, 1);
        } else {
          await untilDrained(socket);
          post(socket, command);
        }
        left -= 1;
      }
    } catch (error) {
      replies.flush();
      fail(socket, error);
    } finally {
      done(socket, left);
      socket.data.queuedBytes -= bytes;
    }
    replies.flush();
  };

  const post = (socket: ProgramSocket, command: Command) => {
    socket.data.posts ??= createPosts(createReplies(socket));
    const { posts } = socket.data;
    posts.start(async (turn) => {
      try {
        await answer(socket, command, posts.acks, turn);
        posts.flushSoon();
      } catch (error) {
        posts.acks.flush();
        fail(socket, error);
      } finally {
        done(socket, 1);
      }
    });
  };

  const fail = (socket: ProgramSocket, error: unknown) => {
    if (error instanceof Disconnect) return endSocket(socket, error.end);
    errorOf(error, socket);
    endSocket(socket, ends.serverError);
  };

  const done = (socket: ProgramSocket, commands: number) => {
    socket.data.queued -= commands;
    waiting -= commands;
  };

  const answer = async (socket: ProgramSocket, command: Command, replies: Replies, turn?: Turn) => {
    if (isPong(command)) return;
    if (command.id === 0) throw new Disconnect(ends.notAvailable);
    if (socket.data.caller === undefined && command.connect === undefined) throw new Disconnect(ends.badRequest);
    try {
      if (limits) takeAllowance(socket);
      const { caller } = socket.data;
      if (caller !== undefined && !people.says(caller.user.id)) throw new CommandError(replyErrors.tooManyRequests);
      const scope = { requestId: socket.data.client, arrivedAt: performance.now() };
      await inRequest(scope, () => run(socket, command, replies, turn));
    } catch (error) {
      if (error instanceof Disconnect) throw error;
      const { reply } = error instanceof CommandError ? error : errorOf(error, socket);
      replies.add(errorReply(command.id, reply));
    }
  };

  return {
    waiting: () => waiting,
    take(socket, data) {
      const { data: state } = socket;
      if (state.closed) return;
      state.heardAtMs = performance.now();
      if (data === emptyFrame) return;
      const lines = linesOf(String(data));
      if (lines.length > maxFrameCommands) return endSocket(socket, ends.badRequest);
      const bytes = bytesIn(lines);
      if (state.queued + lines.length > maxQueuedCommands || state.queuedBytes + bytes > maxQueuedBytes)
        return endSocket(socket, ends.tooManyRequests);
      state.queued += lines.length;
      state.queuedBytes += bytes;
      waiting += lines.length;
      state.inbox = state.inbox.then(() => work(socket, lines));
    },
    async idle({ data: state }) {
      for (let round = 0; round < maxIdleRounds; round++) {
        await state.inbox;
        await state.posts?.idle();
        // What has reached this machine is read in the next turns of the event loop.
        await Bun.sleep(arrivalMs);
        if (state.queued === 0) return;
      }
    },
  };
}

function bytesIn(lines: readonly string[]): number {
  return lines.reduce((bytes, line) => bytes + Buffer.byteLength(line), 0);
}

/** A token bucket of the socket's own: cheap enough to ask for each command. */
function takeAllowance({ data: state }: ProgramSocket): void {
  const now = performance.now();
  const grown = state.allowance + ((now - state.allowedAtMs) * commandsPerSecond) / 1000;
  state.allowance = Math.min(commandBurst, grown) - 1;
  state.allowedAtMs = now;
  if (state.allowance >= 0) return;
  if (state.allowance < -maxRefusedCommands) throw new Disconnect(ends.tooManyRequests);
  throw new CommandError(replyErrors.tooManyRequests);
}
