/** One client on its way from the position it has to the room's present, run by run, never past what the hub has shown. */
import { unavailable } from "#domain/errors.ts";
import type { FollowedRoom } from "../feed.ts";
import { fitting } from "./frames.ts";
import type { Missed, MissedRoom } from "./missed.ts";

/** What is missing may be on its way to the store: it is asked for again after this, and so many times. */
const askAgainMs = 20;
const maxAsked = 100;
/** How often an offset is looked for that another gateway may have shown already. */
const maxAskedAhead = 25;
const nothing: readonly string[] = [];

export interface Pursuit {
  /** The newest offset that the client was given. */
  readonly after: () => number;
  /** True while nothing is missing: the client may go live in this very tick. */
  readonly arrived: () => boolean;
  /**
   * The next publications, at most so many bytes in all unless the first alone has more; what was read, itself, where all of it is given.
   * Empty: nothing is missing. Undefined: the position means nothing any more. @throws ChatError unavailable when they can't be read
   */
  next(maxBytes: number): Promise<readonly string[] | undefined>;
}

export interface PursuitOptions {
  readonly missed: Pick<Missed, "read">;
  readonly room: MissedRoom;
  readonly followed: FollowedRoom;
  readonly from: { readonly epoch: string; readonly offset: number };
}

export function createPursuit({ missed, room, followed, from }: PursuitOptions): Pursuit {
  let after = from.offset;

  const shown = () => followed.shown();

  const read = async () => {
    for (let asked = 0; asked < maxAsked; asked++) {
      if (shown().epoch !== from.epoch || shown().offset === after) return nothing;
      const run = shown().offset > after ? await missed.read(room, from.epoch, after) : nothing;
      if (run.length > 0 || (shown().offset < after && asked >= maxAskedAhead)) return run;
      await Bun.sleep(askAgainMs);
    }
    if (shown().offset > after) throw unavailable("What was missed can't be read at the moment.");
    return nothing;
  };

  return {
    after: () => after,
    arrived: () => shown().epoch === from.epoch && shown().offset === after,

    async next(maxBytes) {
      // What is not given now is read again: until then it may be deleted.
      const run = await read();
      const { epoch, offset } = shown();
      // Another epoch, or an offset that does not exist in this one.
      if (epoch !== from.epoch || offset < after) return undefined;
      const given = fitting(run.length <= offset - after ? run : run.slice(0, offset - after), maxBytes);
      after += given.length;
      return given;
    },
  };
}
