/** Where the page stands in the room's log, and what to do with a run of entries that arrives there. */
import type { Run } from "./frames.ts";

/** `show` all of it, `cut` what was shown before, `drop` it (nothing new), or `hole`: refuse it and resume. */
export type Verdict = "show" | "cut" | "drop" | "hole";

export interface Position {
  readonly room: string;
  readonly epoch: string;
  /** The last offset shown, without a gap before it. */
  readonly shown: number;
}

export function judge(position: Position, run: Run): Verdict {
  if (run.room !== position.room) return "drop";
  if (String(run.epoch) !== position.epoch) return "hole";
  if (run.to <= position.shown) return "drop";
  if (run.from > position.shown + 1) return "hole";
  return run.from === position.shown + 1 ? "show" : "cut";
}

/** The socket's address, so that the server goes on right after what was shown. */
export function resumeUrl(url: string, position: Position | undefined): string {
  if (!position) return url;
  const resumed = new URL(url);
  resumed.searchParams.set("room", position.room);
  resumed.searchParams.set("epoch", position.epoch);
  resumed.searchParams.set("after", String(position.shown));
  return resumed.href;
}
