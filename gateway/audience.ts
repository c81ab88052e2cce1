/**
 * The sockets of one kind that take a room's frames here. Those of a large room are served part by part, and between two parts everything
 * else on this gateway has its turn: writing to five thousand sockets at once takes tens of milliseconds.
 */

/** Writing to so many takes one or two milliseconds. */
export const maxPartSockets = 250;

export interface AudienceOutput {
  publish(topic: string, frame: string): void;
  subscribers(topic: string): number;
}

export interface Audience {
  count(): number;
  /** The offset up to which everything was published: a socket that was given the same may join in this very tick. */
  shown(): number;
  /** The topic that one more socket takes. */
  join(): string;
  /** To all, after what is leaving. */
  publish(frame: string): void;
  /**
   * To one part after the other, at once where there is only one. What left before must have left wholly.
   * @param offset how far that brings those who take it
   * @param done called when it has left wholly; never if it was cut short
   */
  leave(frames: readonly string[], offset: number, done: () => void): void;
  /** What is leaving goes no further: from here on the room is read anew. */
  restart(offset: number): void;
}

export function createAudience(out: AudienceOutput, topicOf: (part: number) => string): Audience {
  let parts = 1;
  let shown = 0;
  let leaving: object | undefined;
  let after: string[] = [];

  const count = () => {
    let sockets = 0;
    for (let part = 0; part < parts; part++) sockets += out.subscribers(topicOf(part));
    return sockets;
  };

  const toAll = (frame: string) => {
    for (let part = 0; part < parts; part++) {
      if (out.subscribers(topicOf(part)) > 0) out.publish(topicOf(part), frame);
    }
  };

  return {
    count,
    shown: () => shown,

    join() {
      // While something leaves, only the last part is sure not to have been given it already.
      for (let part = leaving === undefined ? 0 : parts - 1; part < parts; part++) {
        if (out.subscribers(topicOf(part)) < maxPartSockets) return topicOf(part);
      }
      parts += 1;
      return topicOf(parts - 1);
    },

    publish(frame) {
      if (leaving === undefined) toAll(frame);
      else after.push(frame);
    },

    leave(frames, offset, done) {
      const own = {};
      leaving = own;
      let next = 0;
      const turn = () => {
        if (leaving !== own) return;
        for (const frame of frames) out.publish(topicOf(next), frame);
        next += 1;
        if (next < parts) return void setImmediate(turn);
        leaving = undefined;
        shown = offset;
        if (count() === 0) parts = 1;
        for (const frame of after.splice(0)) toAll(frame);
        done();
      };
      turn();
    },

    restart(offset) {
      leaving = undefined;
      after = [];
      shown = offset;
    },
  };
}
