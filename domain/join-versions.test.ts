import { afterEach, beforeEach, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { createLevelStore } from "#adapters/postgres/level-store.ts";
import type { Database } from "#db/database.ts";
import { freshDatabase } from "#tests/support/test-database.ts";
import { until } from "#tests/support/wait.ts";
import { unavailable } from "./errors.ts";
import { type JoinedVersions, type JoinOptions, joinVersions } from "./join-versions.ts";
import { maxLevel, thisBuild } from "./levels.ts";
import type { Announcement, LevelMarks, LevelStore } from "./ports/index.ts";

const next = { release: "0.3.0", previous: thisBuild.release, reads: 2, writes: 2 };
let database: Database;
let store: LevelStore;
const joined: JoinedVersions[] = [];
let outdated: number[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  store = createLevelStore(database);
  outdated = [];
});

afterEach(async () => {
  await Promise.all(joined.splice(0).map((each) => each.close()));
  await database.close();
});

async function join(change: Partial<Announcement> = {}, options: Partial<JoinOptions> = {}): Promise<JoinedVersions> {
  const own = { id: Bun.randomUUIDv7(), name: `writer-${joined.length}`, role: "writer", ...thisBuild, ...change };
  const one = await joinVersions({
    ...{ store, own, upgrade: "auto", steadySeconds: 0, beatEveryMs: 10 },
    onOutdated: (level) => void outdated.push(level),
    report: () => undefined,
    ...options,
  });
  joined.push(one);
  return one;
}

/** Beside a log that was brought so far. */
function marksAt(highest: number): LevelMarks & { at: number } {
  return {
    at: highest,
    async highest() {
      return this.at;
    },
    async mark(level) {
      this.at = Math.max(this.at, level);
    },
  };
}

test("the level rises by itself when all are of the newer version, and everybody hears of it", async () => {
  const old = await join();
  const [one, other] = [await join(next), await join(next)];
  await Bun.sleep(50);
  expect([one.active(), other.active()]).toEqual([1, 1]);
  await old.close();
  await until(() => one.active() === 2 && other.active() === 2, { what: "the level" });
  expect(outdated).toEqual([]);
});

test("by hand it does not", async () => {
  const one = await join(next, { upgrade: "manual" });
  await Bun.sleep(50);
  expect(one.active()).toBe(1);
});

test("a process that was silent while the level rose hears of it, once", async () => {
  const old = await join({}, { beatEveryMs: 200 });
  await database.queries.execute(sql`update processes set seen_at = now() - interval '1 minute'`);
  const one = await join(next);
  await until(() => one.active() === 2, { what: "the level" });
  await until(() => outdated.length > 0, { what: "the old one to hear" });
  await Bun.sleep(450);
  expect(outdated).toEqual([2]);
  expect(old.active()).toBe(2);
});

test("a process whose row was cleared away is announced again", async () => {
  await join();
  await database.queries.execute(sql`delete from processes`);
  await until(async () => (await store.look()).live.length === 1, { what: "its row" });
});

test("who closes is waited for by nobody", async () => {
  const one = await join();
  await one.close();
  expect((await store.look()).live).toEqual([]);
});

test("a newer record is asked about everywhere, and believed only where somebody says so", async () => {
  const marks = marksAt(1);
  const one = await join({}, { marks });
  expect(await one.mayExist(1)).toBe(true);
  expect(await one.mayExist(maxLevel)).toBe(false);
  expect(outdated).toEqual([]);
  marks.at = 2;
  expect(await one.mayExist(3)).toBe(false);
  expect(outdated).toEqual([2]);
  expect(await one.mayExist(2)).toBe(true);
});

const away = () => Promise.reject(unavailable("away"));

test("while nobody can tell, nobody says no", async () => {
  const marks = marksAt(1);
  const one = await join({}, { marks });
  marks.highest = away;
  await expect(one.mayExist(2)).rejects.toThrow("away");
});

test.each(["the store", "the log"])("one place that says yes is enough, while %s is away", async (missing) => {
  const marks = marksAt(1);
  const one = await join(
    {},
    { marks, store: { ...store, ...(missing === "the store" && { beat: away, level: away }) } },
  );
  if (missing === "the store") marks.at = 2;
  else {
    await store.announce({ id: Bun.randomUUIDv7(), name: "next", role: "writer", ...next }, { atLeast: async () => 2 });
    marks.highest = away;
  }
  expect(await one.mayExist(2)).toBe(true);
  expect(outdated).toEqual([2]);
  expect(one.isOutdated()).toBe(true);
});

test("who is cut off from the store alone hears of it from the log, without a record that says so", async () => {
  const marks = marksAt(1);
  await join({}, { marks, store: { ...store, beat: away } });
  marks.at = 2;
  await until(() => outdated.length > 0, { what: "it to hear" });
});

test("the level is read again from whoever answers first", async () => {
  const marks = marksAt(1);
  const asked = { ...store, beat: away, level: () => new Promise<number>(() => undefined) };
  const one = await join({}, { marks, store: asked, beatEveryMs: 60_000 });
  await one.reread();
  expect(one.isOutdated()).toBe(false);
  marks.at = 2;
  await one.reread();
  expect(one.isOutdated()).toBe(true);
});

test("where it can be read nowhere, that is said", async () => {
  const marks = marksAt(1);
  const one = await join({}, { marks, store: { ...store, level: away } });
  marks.highest = away;
  await expect(one.reread()).rejects.toThrow("away");
});

test("beats that take long do not pile up, and the end waits for one of them", async () => {
  let [begun, atOnce, most] = [0, 0, 0];
  const slow = async () => {
    begun += 1;
    most = Math.max(most, ++atOnce);
    await Bun.sleep(200);
    atOnce -= 1;
    return await away();
  };
  const one = await join({}, { store: { ...store, beat: slow } });
  await until(() => begun >= 2, { what: "two beats" });
  const startedAt = performance.now();
  await one.close();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(most).toBe(1);
  const before = begun;
  await Bun.sleep(50);
  expect(begun).toBe(before);
});

test("a rise that hangs keeps nobody from saying that they live", async () => {
  const hanging = Promise.withResolvers<Awaited<ReturnType<LevelStore["raise"]>>>();
  let [beats, rises] = [0, 0];
  const beat = (id: string) => {
    beats += 1;
    return store.beat(id);
  };
  const raise = () => {
    rises += 1;
    return hanging.promise;
  };
  await join(next, { store: { ...store, beat, raise } });
  await until(() => rises === 1, { what: "a rise" });
  const before = beats;
  await until(() => beats > before + 3, { what: "more beats" });
  expect(rises).toBe(1);
  hanging.resolve({ active: 1, obstacles: [] });
});

test("what fails is named: a rise is no announcement", async () => {
  const reported: string[] = [];
  await join(next, { store: { ...store, raise: away }, report: (what) => void reported.push(what) });
  await until(() => reported.length > 0, { what: "a report" });
  expect(new Set(reported)).toEqual(new Set(["the level could not be raised"]));
});

test("a log that knows of no level is told by the next start", async () => {
  await join(next, { marks: marksAt(2) });
  const made = marksAt(1);
  await join(next, { marks: made });
  expect(made.at).toBe(2);
});

test("an old process that asked the log before it was marked is refused, though the store was not told", async () => {
  const marks = marksAt(1);
  let asked = 0;
  marks.highest = async () => (++asked === 1 ? 1 : 2);
  await expect(join({}, { marks })).rejects.toThrow("level 2");
});

test("a store that was set back to before the rise is brought to it by the next start", async () => {
  const marks = marksAt(2);
  await join(next, { marks });
  expect((await store.look()).active).toBe(2);
  await expect(join({}, { marks })).rejects.toThrow("level 2");
});

test("the log is marked before anybody is told", async () => {
  const marks = marksAt(1);
  const told: number[] = [];
  marks.mark = async (level) => {
    told.push((await store.look()).active, level);
  };
  const one = await join(next, { marks });
  await until(() => one.active() === 2, { what: "the level" });
  expect(told).toEqual([1, 2]);
});
