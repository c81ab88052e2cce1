/** The parent's side of the processes that post. */
import { type Child, startChild } from "./child.ts";
import type { Posted, PosterRun } from "./poster.ts";
import type { SendersRun, Sent } from "./senders.ts";

export type Poster = Child<PosterRun, Posted>;

export const startPoster = () => startChild<PosterRun, Posted>("poster.ts");

/** @returns what posts for so many seconds. @throws Error, then, when something is refused */
export function postsOf(poster: Poster, run: Omit<PosterRun, "seconds">): (seconds: number) => Promise<void> {
  return async (seconds) => {
    const { failed, why } = await poster.ask({ ...run, seconds });
    if (failed > 0) throw new Error(`${failed} messages were refused: ${why}`);
  };
}

export type Senders = Child<SendersRun, Sent>;

export const startSenders = () => startChild<SendersRun, Sent>("senders.ts");
