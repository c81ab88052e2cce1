/** Replies to the commands of one frame: they leave together, in order, and before anything that a subscription brings. */
import { framesOf } from "./frames.ts";
import type { ProgramSocket } from "./state.ts";

/** Replies that are this long together don't wait for those to the other commands of the frame. */
export const maxGatheredBytes = 64 * 1024;

export interface Replies {
  add(reply: string): void;
  /** Sends what was added. Called before a topic is subscribed to, so that no publication overtakes its reply. */
  flush(): void;
}

export function createReplies(socket: ProgramSocket): Replies {
  let waiting: string[] = [];
  let bytes = 0;
  const flush = () => {
    if (waiting.length > 0 && !socket.data.closed) for (const frame of framesOf(waiting)) socket.send(frame);
    waiting = [];
    bytes = 0;
  };
  return {
    add(reply) {
      waiting.push(reply);
      bytes += Buffer.byteLength(reply);
      if (bytes >= maxGatheredBytes) flush();
    },
    flush,
  };
}
