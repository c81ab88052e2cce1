/** Who is there and what may be written, on a real Postgres: starts and rises at once, processes that die, and versions that say nothing. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { checkBuild, createLevelStore, goneAfterSeconds } from "#adapters/postgres/level-store.ts";
import { migrated, openPglite } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { idleInTransactionMs } from "#db/postgres.ts";
import { type Build, thisBuild } from "#domain/levels.ts";
import type { Announcement, LevelStore } from "#domain/ports/index.ts";
import { emptyDatabase, freshDatabase, openAs } from "../support/test-database.ts";
import { until } from "../support/wait.ts";

let database: Database & { readonly name: string };
let store: LevelStore;
const others: Database[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  store = createLevelStore(database);
});

afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.close()));
  await database.close();
});

const process = (name: string, change: Partial<Announcement> = {}): Announcement => ({
  ...{ id: Bun.randomUUIDv7(), name, role: "writer" },
  ...thisBuild,
  ...change,
});
const next = { release: "0.3.0", previous: thisBuild.release, reads: 2, writes: 2 };
const rise = (change: object = {}) =>
  store.raise({ to: 2, steadySeconds: 0, elsewhere: [], mark: async () => undefined, ...change });
const silence = async (id: string) =>
  void (await database.queries.execute(
    sql`update processes set seen_at = now() - make_interval(secs => ${goneAfterSeconds + 1}) where id = ${id}`,
  ));

const openOther = async (name: string) => {
  const other = await openAs(database, name);
  others.push(other);
  return other;
};
const otherConnection = () => openOther("test");

test("who announces is listed until it withdraws", async () => {
  const own = process("writer-1");
  expect(await store.announce(own)).toBe(1);
  expect(await store.look()).toEqual({ active: 1, live: [{ ...own, silentSeconds: 0 }], silent: [], unannounced: [] });
  expect(await store.beat(own.id)).toEqual({ active: 1, known: true });
  await store.withdraw(own.id);
  expect((await store.look()).live).toEqual([]);
  expect(await store.beat(own.id)).toEqual({ active: 1, known: false });
});

test("the level rises when everybody reads it, once, and never falls", async () => {
  const old = process("writer-1");
  await store.announce(old);
  await store.announce(process("writer-2", next));
  const marks: number[] = [];
  const mark = async () => void marks.push(2);
  expect(await rise({ mark })).toEqual({
    active: 1,
    obstacles: [`writer-1 is of ${thisBuild.release}, seen 0 s ago`],
  });
  await store.withdraw(old.id);
  expect(await Promise.all([rise({ mark }), rise({ mark })])).toEqual([
    { active: 2, obstacles: [] },
    { active: 2, obstacles: [] },
  ]);
  expect(marks).toEqual([2]);
  expect(await store.raise({ to: 1, steadySeconds: 0, elsewhere: [], mark })).toEqual({ active: 2, obstacles: [] });
  await expect(store.announce(process("writer-3"))).rejects.toThrow("level 2");
});

test("a level that could not be marked beside the log does not rise", async () => {
  await store.announce(process("writer-1", next));
  const mark = () => Promise.reject(new Error("no log"));
  await expect(rise({ mark })).rejects.toThrow("no log");
  expect((await store.look()).active).toBe(1);
});

test("a process that is dead holds nothing up for long", async () => {
  const dead = process("writer-1");
  await store.announce(dead);
  await store.announce(process("writer-2", next));
  expect((await rise()).active).toBe(1);
  await silence(dead.id);
  expect((await rise()).active).toBe(2);
  // It was frozen, and hears of it with its next beat.
  expect(await store.beat(dead.id)).toEqual({ active: 2, known: true });
});

test("nothing in the way for so long: counted from when it began, anew after whatever came between", async () => {
  await store.announce(process("writer-1", next));
  const after = async (seconds: number) => {
    await database.queries.execute(sql`update active_level set next_since = now() - make_interval(secs => ${seconds})`);
    return (await rise({ steadySeconds: 600 })).active;
  };
  expect((await rise({ steadySeconds: 600 })).active).toBe(1);
  expect(await after(599)).toBe(1);
  const late = process("writer-2");
  await store.announce(late);
  expect(await after(601)).toBe(1);
  await store.withdraw(late.id);
  expect((await rise({ steadySeconds: 600 })).active).toBe(1);
  expect(await after(601)).toBe(2);
});

test("a version that says nothing of itself holds the level where it is, as long as it is connected", async () => {
  await store.announce(process("writer-1", next));
  await openOther("superchat");
  expect((await rise()).obstacles[0]).toContain("does not say what it is");
  await others.pop()?.close();
  // Postgres takes a moment to see that it has gone.
  await until(async () => (await rise()).active === 2, { what: "the level to rise" });
});

test("who reads the log and is not announced holds it as well", async () => {
  await store.announce(process("writer-1", next));
  expect((await rise({ elsewhere: ["writer-1", "bot-7"] })).obstacles).toEqual([
    "bot-7 does not say what it is, as versions before 0.2.0 do not",
  ]);
});

test("a process is told of the level that is known from beside the log, though the store was set back", async () => {
  await store.announce(process("writer-1", next), { atLeast: async () => 2 });
  expect((await store.look()).active).toBe(2);
  await expect(store.announce(process("writer-2"))).rejects.toThrow("level 2");
});

test("starts and rises at once, on connections of their own: no old process slips in behind one", async () => {
  const seen = new Set<string>();
  for (let round = 0; seen.size < 2; round++) {
    if (round === 50) throw new Error(`in 50 rounds only this came about: ${[...seen]}`);
    await database.queries.execute(sql`delete from processes`);
    await database.queries.execute(sql`update active_level set level = 1, next = null, next_since = null`);
    await store.announce(process("writer-1", next));
    const own = await Promise.all([1, 2, 3].map(() => openAs(database, "test")));
    const [one, other, third] = own.map((each) => createLevelStore(each));
    const start = (at: number, by = store) =>
      by.announce(process(`old-${at}`)).then(
        () => true,
        () => false,
      );
    const starting = round % 2 === 0 ? [start(0, one), start(1, other)] : [];
    const [risen, started] = await Promise.all([
      third?.raise({ to: 2, steadySeconds: 0, elsewhere: [], mark: async () => undefined }),
      Promise.all([...starting, start(2, one), start(3, other)]),
    ]);
    await Promise.all(own.map((each) => each.close()));
    // Whoever came in came before, and then the level stayed.
    expect(risen?.active).toBe(started.includes(true) ? 1 : 2);
    expect((await store.look()).active).toBe(risen?.active ?? 0);
    seen.add(`level ${risen?.active}`);
  }
});

test("whoever holds the row for long holds nobody up for long, and none of those who beat", async () => {
  const slow = createLevelStore(await otherConnection(), { lockWithinMs: 100, heldForMs: 60_000 });
  const own = process("writer-1", next);
  await store.announce(own);
  const marking = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const rising = rise({
    mark: () => {
      begun.resolve();
      return marking.promise;
    },
  });
  await begun.promise;
  await expect(slow.announce(process("old-1"))).rejects.toThrow("try again in a moment");
  expect(await slow.beat(own.id)).toEqual({ active: 1, known: true });
  expect(await slow.level()).toBe(1);
  marking.resolve();
  expect((await rising).active).toBe(2);
});

test("whoever is frozen while they have the row loses it: all is as before, and others start", async () => {
  const frozen = createLevelStore(await otherConnection(), { lockWithinMs: 2_000, heldForMs: 200 });
  await store.announce(process("writer-1", next));
  const thaw = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const mark = () => {
    begun.resolve();
    return thaw.promise;
  };
  const rising = frozen.raise({ to: 2, steadySeconds: 0, elsewhere: [], mark });
  rising.catch(() => undefined);
  await begun.promise;
  expect(await store.announce(process("old-1"))).toBe(1);
  thaw.resolve();
  await expect(rising).rejects.toThrow("try again in a moment");
  expect((await store.look()).active).toBe(1);
});

test("a raiser that dies after it marked the log has raised nothing, and whoever asks next does", async () => {
  const dying = await openOther("dying");
  await store.announce(process("writer-1", next));
  let marked = 1;
  const mark = async () => {
    marked = 2;
    await database.run(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dying'",
      [],
      "objects",
    );
  };
  const rising = createLevelStore(dying).raise({ to: 2, steadySeconds: 0, elsewhere: [], mark });
  await expect(rising).rejects.toThrow("try again in a moment");
  expect((await store.look()).active).toBe(1);
  // An old one that starts now is told by the log.
  const start = store.announce(process("old-1"), { atLeast: async () => marked });
  await expect(start).rejects.toThrow("level 2");
  expect((await rise()).active).toBe(2);
});

test("whoever is frozen in any other transaction loses it as well", async () => {
  const asked =
    "select extract(epoch from current_setting('idle_in_transaction_session_timeout')::interval) * 1000 as ms";
  const [row] = (await database.run(asked, [], "objects")) as { ms: string }[];
  expect(Number(row?.ms)).toBe(idleInTransactionMs);
});

test("a start that waited is seen from its end on, not from its beginning", async () => {
  const other = createLevelStore(await otherConnection());
  const begun = Promise.withResolvers<void>();
  await store.announce(process("writer-1", next));
  const mark = async () => {
    begun.resolve();
    await Bun.sleep(1_100);
    throw new Error("no log");
  };
  const rising = rise({ mark });
  rising.catch(() => undefined);
  await begun.promise;
  await other.announce(process("old-1"));
  const { live } = await store.look();
  expect(live.find(({ name }) => name === "old-1")?.silentSeconds).toBe(0);
  await expect(rising).rejects.toThrow("no log");
});

test("what is known from elsewhere is asked while nobody can raise it", async () => {
  const other = createLevelStore(await otherConnection(), { lockWithinMs: 50, heldForMs: 60_000 });
  const rising: Promise<unknown>[] = [];
  const atLeast = async () => {
    rising.push(other.raise({ to: 2, steadySeconds: 0, elsewhere: [], mark: async () => undefined }));
    await Promise.allSettled(rising);
    return 1;
  };
  expect(await store.announce(process("old-1"), { atLeast })).toBe(1);
  await expect(rising[0]).rejects.toThrow("try again in a moment");
});

test("one that was announced and is silent is named as itself where it is still there, and holds nothing up", async () => {
  const [connected, reading, dead] = [process("writer-1"), process("bot-1"), process("writer-9")];
  for (const each of [connected, reading, dead]) {
    await store.announce(each);
    await silence(each.id);
  }
  await openOther(`superchat ${connected.id}`);
  await store.announce(process("writer-2", next));
  const { silent, unannounced } = await store.look(["bot-1"]);
  expect(silent.map(({ name }) => name)).toEqual(["bot-1", "writer-1"]);
  expect(unannounced).toEqual([]);
  expect((await rise({ elsewhere: ["bot-1"] })).active).toBe(2);
});

test("one that has not announced itself yet, or any more, has read nothing, and holds nothing up", async () => {
  await store.announce(process("writer-1", next));
  await openOther(`superchat ${Bun.randomUUIDv7()}`);
  expect((await store.look()).unannounced).toEqual([]);
  expect((await rise()).active).toBe(2);
});

describe("a build that is refused", () => {
  const second = { release: "0.3.0", previous: "0.2.0", reads: 2, writes: 2 };

  test("beside one that says nothing of itself and is too old leaves the tables as they are", async () => {
    const empty = await emptyDatabase();
    try {
      const old = await openAs(empty, "superchat");
      const check = (found: Database) => checkBuild(found, second);
      await expect(migrated(await openAs(empty, "test"), check)).rejects.toThrow("is of 0.1.0");
      await old.close();
      expect(await empty.run("select 1 from pg_class where relname = 'rooms'", [], "objects")).toEqual([]);
      await until(async () => (await checkBuild(empty, second)) === undefined, { what: "it to have gone" });
    } finally {
      await empty.close();
    }
  });

  test("reads less than what is written here", async () => {
    await store.announce(process("writer-1", next), { atLeast: async () => 2 });
    await expect(checkBuild(database, thisBuild)).rejects.toThrow("level 2");
    await expect(checkBuild(database, thisBuild, { alone: true })).rejects.toThrow("level 2");
    await checkBuild(database, { ...next, previous: "" });
  });

  test("is too far from one that is there, unless nobody else can be", async () => {
    await store.announce(process("writer-1", { release: "0.0.1", previous: "" }));
    await expect(checkBuild(database, thisBuild)).rejects.toThrow("writer-1 is of 0.0.1");
    await checkBuild(database, thisBuild, { alone: true });
  });
});

/** PGlite is opened three times. */
const pgliteMs = 120_000;

test(
  "a single process on PGlite rises at once, and an older one leaves its folder as it is",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "superchat-level-"));
    const check = (build: Build) => (found: Database) => checkBuild(found, build, { alone: true });
    try {
      const pglite = await openPglite(folder, check(next));
      const own = createLevelStore(pglite);
      expect(await own.announce(process("standalone", next), { alone: true })).toBe(1);
      expect(await own.raise({ to: 2, steadySeconds: 0, elsewhere: [], mark: async () => undefined })).toEqual({
        active: 2,
        obstacles: [],
      });
      await pglite.close();
      await expect(openPglite(folder, check(thisBuild))).rejects.toThrow("this data is left as it is");
      await (await openPglite(folder, check(next))).close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  pgliteMs,
);

test("one that is alone forgets who died before it", async () => {
  await store.announce(process("standalone", { release: "0.0.1", previous: "" }));
  await expect(store.announce(process("standalone"))).rejects.toThrow("one release");
  expect(await store.announce(process("standalone"), { alone: true })).toBe(1);
  expect((await store.look()).live).toHaveLength(1);
});
