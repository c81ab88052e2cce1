/**
 * Versions of Superchat that run beside each other. A level is a whole number that rises with every new kind of event, and with every
 * field that a reader may not pass over. A build reads up to one level and writes up to another; what may be written now is the active
 * level, which all of them share (docs/adr/0027-levels.md).
 */
import type { RoomEvent } from "./events.ts";

export interface Build {
  /** The version in package.json. */
  readonly release: string;
  /** The one before: the only other that may run beside this one. */
  readonly previous: string;
  readonly reads: number;
  readonly writes: number;
}

export const thisBuild: Build = { release: "0.2.0", previous: "0.1.0", reads: 1, writes: 1 };

/** Of every record that says nothing else. */
export const firstLevel = 1;
/** Higher than levels will ever be: a record that says it is of a higher one has none. */
export const maxLevel = 999_999;

/** The lowest level that can read it. */
export function levelOf({ level = firstLevel }: { readonly level?: number | undefined }): number {
  return level;
}

/** Whether a newer version made it, which this one can't read. */
export function isNewer(event: { readonly level?: number | undefined }): boolean {
  return levelOf(event) > thisBuild.reads;
}

/** Events in order, up to the first that a newer version made: for this one the room ends there. */
export function untilNewer(events: readonly RoomEvent[]): readonly RoomEvent[] {
  const end = events.findIndex(isNewer);
  return end < 0 ? events : events.slice(0, end);
}

/** Whether two builds may work on the same data at once: neighbours. */
function areNeighbours(one: Build, other: Pick<Build, "release"> & Partial<Build>): boolean {
  return one.release === other.release || one.previous === other.release || other.previous === one.release;
}

/** A process, as it told the others of itself. */
export interface Announced extends Build {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** Seconds since it was heard of last, by the database's clock. */
  readonly silentSeconds: number;
}

/** Processes in a shape for a person, and what each of them has to do with the active level. */
export interface LevelState {
  readonly active: number;
  readonly live: readonly Announced[];
  /** Announced, still connected or reading, and not heard of for a while: frozen or cut off. Nobody waits for them. */
  readonly silent: readonly Announced[];
  /** By name: they work on the data and do not say what they are, as versions before 0.2.0 do. */
  readonly unannounced: readonly string[];
}

/** The last version that does not announce itself. */
const lastUnannounced = "0.1.0";

/** A build may not work on this data: a sentence for the operator. Waiting does not help. */
export class BuildRefused extends Error {
  override readonly name = "BuildRefused";
}

/** Why the active level can't rise so far now, as sentences for an operator. Empty: nothing is in the way. */
export function obstacles(to: number, { live, unannounced }: Omit<LevelState, "silent">): readonly string[] {
  const behind = live
    .filter(({ reads }) => reads < to)
    .map(({ name, release, silentSeconds }) => `${name} is of ${release}, seen ${silentSeconds} s ago`);
  const unknown = unannounced.map((name) => `${name} does not say what it is, as versions before 0.2.0 do not`);
  return [...behind, ...unknown];
}

/** Why a build may not start on this data, in a sentence for an operator. */
export function refusalOf(build: Build, { active, live, unannounced }: Omit<LevelState, "silent">): string | undefined {
  if (build.reads < active)
    return (
      `This is Superchat ${build.release}, which reads data up to level ${build.reads}, and what is here was written at level ${active} ` +
      `by a newer version. ${newestOf(live)} There is no way back to an older version: this data is left as it is.`
    );
  const others = [...live, ...unannounced.map((name) => ({ name, release: lastUnannounced }))];
  const stranger = others.find((other) => !areNeighbours(build, other));
  if (stranger === undefined) return undefined;
  return (
    `This is Superchat ${build.release}, and ${stranger.name} is of ${stranger.release}: versions that are more than one release ` +
    `apart can't run beside each other. Install the releases in between one after the other, or stop ${stranger.name} first.`
  );
}

function newestOf(live: readonly Announced[]): string {
  const newest = live.toSorted((one, other) => other.reads - one.reads)[0];
  return newest === undefined
    ? "Install the version that wrote it."
    : `Install ${newest.release}, as ${newest.name} has it.`;
}
