/** Replies to the commands of one frame: they leave together, in order, and before anything that a subscription brings. */
import { framesOf } from "./frames.ts";
import type { ProgramSocket } from "./state.ts";

export interface Replies {
  add(reply: string): void;
  /** Sends what was added. Called before a topic is subscribed to, so that no publication overtakes its reply. */
  flush(): void;
}

export function createReplies(socket: ProgramSocket): Replies {
  let waiting: string[] = [];
  return {
    add(reply) {
      waiting.push(reply);
    },
    flush() {
      if (waiting.length === 0 || socket.data.closed) return;
      for (const frame of framesOf(waiting)) socket.send(frame);
      waiting = [];
    },
  };
}
