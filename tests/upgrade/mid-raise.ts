/**
 * Kills processes in the middle of a raise of the level. Whoever raises it has its row, and is at the log: the log is frozen there, so that
 * they stay for as long as it takes to find and hit them.
 */
import { SQL } from "bun";
import { applicationName, goneAfterSeconds } from "#adapters/postgres/level-store.ts";
import type { Place } from "../delivery/place.ts";
import { signalTree } from "../delivery/world.ts";
import { until } from "../support/wait.ts";

const goneWithinMs = 2 * goneAfterSeconds * 1_000;
/** A beat, and a machine that is busy. */
const triesWithinMs = 30_000;
/** From the row to the log is no way at all. It may also have found that it has to wait, and given the row back. */
const stuckWithinMs = 1_000;
const rounds = 12;

/**
 * Each of these, one of a role, is killed when it is at it, and not started again.
 * @returns the level after each
 */
export async function killRaisers({ cluster, env }: Place, names: readonly string[]): Promise<readonly number[]> {
  const kafka = (await cluster.processes("kafka"))[0]?.pid ?? 0;
  const left = new Set(names);
  const levels: number[] = [];
  await using sql = new SQL(env.DATABASE_URL ?? "", { max: 1 });
  // Whoever is in a transaction sees others as they were at its beginning.
  await using holder = new SQL(env.DATABASE_URL ?? "", { max: 1 });
  const older = async () =>
    await sql`select 1 from processes where reads <= (select level from active_level)
      and seen_at > clock_timestamp() - make_interval(secs => ${goneAfterSeconds})`;
  const raisers = async (state: string): Promise<{ role: string }[]> =>
    await sql`
      select p.role from pg_stat_activity a join processes p on a.application_name = ${applicationName} || ' ' || p.id
      where a.state = ${state} and exists (select 1 from pg_locks l where l.pid = a.pid
        and l.relation = 'active_level'::regclass and l.mode = 'RowExclusiveLock')`;
  const hold = async () => {
    await holder`begin`;
    const [{ level }] = await holder`select level from active_level for update`;
    return level as number;
  };
  try {
    for (let round = 0; left.size > 0; round++) {
      if (round === rounds) throw new Error(`in ${rounds} rounds nobody was at it of ${[...left]}`);
      levels.push(await hold());
      signalTree(kafka, "SIGCONT");
      await until(async () => (await older()).length === 0, { deadlineMs: goneWithinMs, what: "none in the way" });
      // Who comes for the row has asked the log already who reads it, and goes there once more when it has the row.
      const waits = `one of ${[...left]} to come for the row`;
      await until(async () => (await raisers("active")).length > 0, { deadlineMs: triesWithinMs, what: waits });
      signalTree(kafka, "SIGSTOP");
      await holder`commit`;
      const stuck = async () => (await raisers("idle in transaction"))[0]?.role;
      const role = await until(stuck, { deadlineMs: stuckWithinMs, what: "it to be at the log" }).catch(() => "");
      const name = names.find((each) => each.startsWith(`${role}-`)) ?? "";
      if (left.delete(name)) await cluster.kill(name);
    }
    levels.push(await hold());
    await holder`commit`;
  } finally {
    signalTree(kafka, "SIGCONT");
  }
  return levels;
}
