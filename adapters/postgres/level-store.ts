/** Who works on the data, and the active level, in Postgres. A start and a raise lock the same row: none slips in between. */
import { eq, lt, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { activeLevel, processes } from "#db/level-tables.ts";
import {
  type Announced,
  type Build,
  BuildRefused,
  firstLevel,
  type LevelState,
  obstacles,
  refusalOf,
} from "#domain/levels.ts";
import type { LevelStore } from "#domain/ports/index.ts";
import { ask, askTogether } from "./failures.ts";

/** A process that was not heard of for so long does not count any more. Several beats long. */
export const goneAfterSeconds = 30;
/** It is known that it was there for so long: what reads the log under its name is no stranger. */
const forgottenAfterDays = 7;
/** What every process of Superchat calls itself to Postgres; since 0.2.0 its id follows. */
export const applicationName = "superchat";
const rowLimits = {
  /** Who waits longer for the row gives up, and tries again. */
  lockWithinMs: 2_000,
  /** The row is taken from who has it and says nothing for so long: it was frozen, or cut off. Longer than marking the log takes. */
  heldForMs: 15_000,
};

/**
 * Refuses what may not work here before anything is changed, the tables included: those of levels may not be there yet.
 * @throws BuildRefused
 */
export async function checkBuild(database: Database, build: Build, { alone = false } = {}): Promise<void> {
  const { queries } = database;
  const [tables] = await queries.execute<{ there: boolean }>(
    sql`select to_regclass('active_level') is not null and to_regclass('processes') is not null as there`,
  );
  const active = tables?.there ? await levelIn(queries) : firstLevel;
  const live = tables?.there && !alone ? await liveProcesses(queries) : [];
  refuse(build, { active, live, unannounced: alone ? [] : await unannouncedIn(queries) });
}

export function createLevelStore(database: Database, limits: typeof rowLimits = rowLimits): LevelStore {
  return {
    announce: async (own, { atLeast = async () => firstLevel, alone = false } = {}) =>
      await askTogether(database, async (queries) => {
        await lockRow(queries, limits);
        const active = await liftTo(queries, await atLeast());
        if (alone) await queries.delete(processes);
        const live = await liveProcesses(queries, own.id);
        refuse(own, { active, live, unannounced: alone ? [] : await unannouncedIn(queries) });
        await queries.execute(
          sql`delete from ${processes} where seen_at < now() - make_interval(days => ${forgottenAfterDays})`,
        );
        const { id, name, role, release, previous, reads, writes } = own;
        // Not when this began: it may have waited since.
        const row = { name, role, release, previous, reads, writes, seenAt: sql`clock_timestamp()` };
        await queries
          .insert(processes)
          .values({ id, ...row })
          .onConflictDoUpdate({ target: processes.id, set: row });
        return active;
      }),

    async beat(id) {
      const [row] = await ask(database, (queries) =>
        queries.execute<{ active: number | null; known: boolean }>(sql`
          with own as (update processes set seen_at = clock_timestamp() where id = ${id} returning 1)
          select (select level from active_level) as active, exists (select 1 from own) as known`),
      );
      return { active: row?.active ?? firstLevel, known: row?.known ?? false };
    },

    level: async () => await ask(database, levelIn),

    withdraw: async (id) =>
      void (await ask(database, (queries) => queries.delete(processes).where(eq(processes.id, id)))),

    look: async (elsewhere = []) => await ask(database, (queries) => stateIn(queries, elsewhere)),

    raise: async ({ to, steadySeconds, elsewhere, mark }) =>
      await askTogether(database, async (queries) => {
        const active = await lockRow(queries, limits);
        if (active >= to) return { active, obstacles: [] };
        const inTheWay = obstacles(to, await stateIn(queries, elsewhere));
        const steady = inTheWay.length === 0 && (await isSteady(queries, to, steadySeconds));
        if (inTheWay.length > 0) await queries.update(activeLevel).set({ next: null, nextSince: null });
        if (!steady) return { active, obstacles: inTheWay };
        await mark();
        return { active: await liftTo(queries, to), obstacles: [] };
      }),
  };
}

function refuse(build: Build, state: Omit<LevelState, "silent">): void {
  const refusal = refusalOf(build, state);
  if (refusal !== undefined) throw new BuildRefused(refusal);
}

async function levelIn(queries: Queries): Promise<number> {
  const [row] = await queries.select({ level: activeLevel.level }).from(activeLevel);
  return row?.level ?? firstLevel;
}

/** From here on nobody else changes it until the transaction ends. @returns the active level */
async function lockRow(queries: Queries, { lockWithinMs, heldForMs }: typeof rowLimits): Promise<number> {
  await queries.execute(sql.raw(`set local lock_timeout = ${lockWithinMs}`));
  await queries.execute(sql.raw(`set local idle_in_transaction_session_timeout = ${heldForMs}`));
  const [row] = await queries.execute<{ level: number }>(sql`
    insert into active_level (one, level) values (true, ${firstLevel})
    on conflict (one) do update set level = active_level.level returning level`);
  return row?.level ?? firstLevel;
}

/** Of whoever has the row. @returns the active level */
async function liftTo(queries: Queries, level: number): Promise<number> {
  const lifted = { level, next: null, nextSince: null };
  await queries.update(activeLevel).set(lifted).where(lt(activeLevel.level, level));
  return await levelIn(queries);
}

const announcedColumns = sql`id, name, role, release, previous, reads, writes,
  greatest(0, floor(extract(epoch from clock_timestamp() - seen_at)))::int as "silentSeconds"`;
const isLive = sql`seen_at > clock_timestamp() - make_interval(secs => ${sql.raw(`${goneAfterSeconds}`)})`;

async function liveProcesses(queries: Queries, without: string | null = null): Promise<readonly Announced[]> {
  return await queries.execute<Announced & Record<string, unknown>>(sql`
    select ${announcedColumns} from processes where ${isLive} and id is distinct from ${without}::uuid order by name`);
}

/** Those that are there all the same, though nobody waits for them. */
async function silentProcesses(queries: Queries, elsewhere: readonly string[]): Promise<readonly Announced[]> {
  return await queries.execute<Announced & Record<string, unknown>>(sql`
    select ${announcedColumns} from processes p
    where not (${isLive}) and (name in (select jsonb_array_elements_text(${JSON.stringify(elsewhere)}::jsonb)) or exists (
      select 1 from pg_stat_activity where application_name = ${applicationName} || ' ' || p.id))
    order by name`);
}

/** Since 0.2.0 a process reads nothing before it is announced: one that is connected under its id and not announced starts or ends. */
async function unannouncedIn(queries: Queries): Promise<readonly string[]> {
  const connected = await queries.execute<{ name: string }>(sql`
    select concat_ws(' at ', 'a process', host(client_addr)) as name from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and application_name = ${applicationName}
    group by client_addr order by client_addr nulls first`);
  return connected.map(({ name }) => name);
}

async function stateIn(queries: Queries, elsewhere: readonly string[]): Promise<LevelState> {
  const known = new Set((await queries.select({ name: processes.name }).from(processes)).map(({ name }) => name));
  const readers = elsewhere.filter((name) => !known.has(name));
  return {
    active: await levelIn(queries),
    live: await liveProcesses(queries),
    silent: await silentProcesses(queries, elsewhere),
    unannounced: [...(await unannouncedIn(queries)), ...readers],
  };
}

/** Since when nothing is in the way is kept with the level: whoever asks next goes on from there. */
async function isSteady(queries: Queries, to: number, steadySeconds: number): Promise<boolean> {
  // The column has whole milliseconds, and is rounded up as well as down.
  const [row] = await queries.execute<{ steady: boolean }>(sql`
    update active_level set next_since = case when next = ${to} then next_since else now() end, next = ${to}
    returning now() - next_since + interval '1 ms' >= make_interval(secs => ${steadySeconds}) as steady`);
  return row?.steady ?? false;
}
