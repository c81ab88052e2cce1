/**
 * Tells the others what this process reads and writes for as long as it lives, keeps the active level at hand, and lets it rise when nobody
 * is in the way. A process that finds that it can't read any more what others write says so, once.
 */
import { atMost } from "./at-most.ts";
import { firstLevel } from "./levels.ts";
import type { Announcement, LevelMarks, LevelStore, Levels, LogReaders } from "./ports/index.ts";

export const beatEveryMs = 5_000;
/** An update shows its faults in this time, and until then there is a way back. */
export const steadySeconds = 600;
/** What is under way at the end is waited for so long. */
const closeWithinMs = 5_000;

export interface JoinOptions {
  readonly store: LevelStore;
  /** Of a log that outlives the process; without one the store's word is enough. */
  readonly marks?: LevelMarks | undefined;
  readonly readers?: LogReaders | undefined;
  readonly own: Announcement;
  /** `manual`: only `npm run upgrade -- finish` lets the level rise. */
  readonly upgrade: "auto" | "manual";
  readonly steadySeconds?: number;
  readonly beatEveryMs?: number;
  /** The others write what this process can't read: it must not go on reading. Told once. */
  readonly onOutdated: (active: number) => void;
  readonly report: (what: string, detail: unknown) => void;
}

export interface JoinedVersions extends Levels {
  /** Nobody waits for this process any more. */
  close(): Promise<void>;
}

/** @throws BuildRefused when this build may not work here; ChatError unavailable */
export async function joinVersions(options: JoinOptions): Promise<JoinedVersions> {
  const { store, marks, readers, own, upgrade, onOutdated, report } = options;
  let active = firstLevel;
  let announced = true;
  let closed = false;

  function note(level: number): void {
    const wasOutdated = isOutdated();
    active = Math.max(active, level);
    if (isOutdated() && !wasOutdated) onOutdated(active);
  }

  const isOutdated = () => active > own.reads;
  const highestMark = async () => (await marks?.highest()) ?? firstLevel;

  async function announce(): Promise<void> {
    // First on its own: while the log is away nobody holds up the others in the store.
    const marked = await highestMark();
    note(await store.announce(own, { atLeast: highestMark }));
    announced = true;
    // A new log has no marks, and a store that is set back later would not be told.
    if (marked < active) await marks?.mark(active);
  }

  const places = () => [store.level(), ...(marks === undefined ? [] : [marks.highest()])];

  async function beat(): Promise<void> {
    try {
      const now = await store.beat(own.id);
      // Not known: it was silent for very long, and is back.
      announced = now.known;
      note(now.active);
    } catch (error) {
      report("not announced", error);
      // Who is cut off from the store alone hears of it from the log.
      if (marks !== undefined) note(await marks.highest().catch(() => firstLevel));
    }
  }

  async function rise(): Promise<void> {
    if (isOutdated()) return;
    if (!announced) await announce();
    if (upgrade !== "auto" || own.writes <= active) return;
    const elsewhere = (await readers?.names()) ?? [];
    const mark = async () => void (await marks?.mark(own.writes));
    const steady = options.steadySeconds ?? steadySeconds;
    note((await store.raise({ to: own.writes, steadySeconds: steady, elsewhere, mark })).active);
  }

  await announce();
  const beating = oneAtATime(beat);
  const rising = oneAtATime(() => rise().catch((error) => report("the level could not be raised", error)));
  const timer = setInterval(() => {
    void beating.next();
    void rising.next();
  }, options.beatEveryMs ?? beatEveryMs);

  return {
    active: () => active,
    isOutdated,
    async reread() {
      // Whoever answers first is enough: it is marked in the log before the store says so, and nobody writes without the log.
      await Promise.any(places().map(async (asked) => note(await asked))).catch(
        ({ errors: [error] }: AggregateError) => {
          throw error;
        },
      );
    },
    async mayExist(level) {
      if (level <= active) return true;
      const asked = await Promise.allSettled(places().map(async (asked) => note(await asked)));
      const refused = asked.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
      if (level > active && refused !== undefined) throw refused.reason;
      return level <= active;
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      await atMost(closeWithinMs, Promise.all([beating.underWay(), rising.underWay()]));
      await store.withdraw(own.id).catch((error) => report("not withdrawn", error));
    },
  };
}

/** Work that is begun again and again, and left out while it is under way. */
function oneAtATime(work: () => Promise<void>) {
  let current: Promise<void> | undefined;
  return {
    next() {
      current ??= work().finally(() => {
        current = undefined;
      });
      return current;
    },
    underWay: async () => await current,
  };
}
