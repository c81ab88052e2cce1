/** Versions that run beside each other: who is there, and what may be written (domain/levels.ts). */
import type { Announced, LevelState } from "../levels.ts";

/** What may be written now, by all processes that share the data. */
export interface Levels {
  /** As it was read last: some seconds ago, while the store is there. Never falls. */
  active(): number;
  /** Others write what this process can't read: it takes in, and gives out, nothing any more. */
  isOutdated(): boolean;
  /** Reads it again, wherever it can be read. @throws ChatError unavailable when it can be read nowhere */
  reread(): Promise<void>;
  /**
   * Whether somebody may have written something of this level: asks everywhere, unless it is known. @throws ChatError unavailable when
   * nobody says yes, and not everybody can be asked
   */
  mayExist(level: number): Promise<boolean>;
}

/** A process as it tells of itself. */
export type Announcement = Omit<Announced, "silentSeconds">;

/** In the store. Whoever starts and whoever raises take turns there. */
export interface LevelStore {
  /**
   * @param options `atLeast`: tells what is known of the active level from elsewhere, asked when nobody can raise it; `alone`: nobody
   *   else can be there, whoever did not say that they end
   * @returns the active level
   * @throws BuildRefused when this build may not work here; ChatError unavailable
   */
  announce(
    own: Announcement,
    options?: { readonly atLeast?: () => Promise<number>; readonly alone?: boolean },
  ): Promise<number>;

  /** Says that it is alive. `known`: it was still announced. @throws ChatError unavailable */
  beat(id: string): Promise<{ readonly active: number; readonly known: boolean }>;

  /** The active level. @throws ChatError unavailable */
  level(): Promise<number>;

  /** It ends: nobody waits for it any more. @throws ChatError unavailable */
  withdraw(id: string): Promise<void>;

  /** @param elsewhere names of processes that were seen elsewhere, announced or not. @throws ChatError unavailable */
  look(elsewhere?: readonly string[]): Promise<LevelState>;

  /**
   * Lets the active level rise once nothing has been in the way for `steadySeconds`. Sees everybody and rises in one step; `mark`
   * comes before it is told to anybody, and what it throws leaves everything as it was.
   * @returns what the active level is now, and what is in the way
   * @throws ChatError unavailable
   */
  raise(options: RaiseOptions): Promise<{ readonly active: number; readonly obstacles: readonly string[] }>;
}

export interface RaiseOptions {
  readonly to: number;
  readonly steadySeconds: number;
  /** Names of processes that were seen elsewhere, announced or not. */
  readonly elsewhere: readonly string[];
  readonly mark: () => Promise<void>;
}

/**
 * The active level once more, beside the log: a store that was set back to yesterday would else call the newest records in a living log
 * nobody's. @throws ChatError unavailable, each of them
 */
export interface LevelMarks {
  highest(): Promise<number>;
  mark(level: number): Promise<void>;
}

/** Who reads the log. */
export interface LogReaders {
  /** Of the processes, announced or not. @throws ChatError unavailable */
  names(): Promise<readonly string[]>;
}
