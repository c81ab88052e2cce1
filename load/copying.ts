/** What Postgres can do at best: the rows of events by plain COPY into tables like those of the store, without any check. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type postgres from "postgres";
import type { LoggedEvent } from "#domain/events.ts";
import { treeCpuSeconds } from "./process-usage.ts";

interface Target {
  readonly table: string;
  readonly columns: string;
  readonly row: (event: LoggedEvent, offset: number) => readonly (string | number)[] | undefined;
}

const events: Target = {
  table: "room_events",
  columns: "id, room_id, room_offset, type, author_id, member_id, at, body",
  row: ({ id, room, type, author, at, ...rest }, offset) => {
    const member = "member" in rest ? rest.member.id : nothing;
    return [id, room, offset, type, author.id, member, at, JSON.stringify(rest)];
  },
};
const places: Target = {
  table: "event_places",
  columns: "id, room_id, room_offset",
  row: ({ id, room }, offset) => [id, room, offset],
};
const messages: Target = {
  table: "messages",
  columns: "id, room_id, room_offset, author_id, text, at, mentions",
  row: (event, offset) => {
    if (event.type !== "message.posted") return undefined;
    return [event.id, event.room, offset, event.author.id, event.text, event.at, JSON.stringify(event.mentions)];
  },
};
const nothing = "\\N";

export interface Copying {
  readonly seconds: number;
  /** Of Postgres. */
  readonly cpu: number;
}

/** Each batch a transaction. @param pid of Postgres */
export async function copyEvents(sql: postgres.Sql, pid: number, batches: readonly (readonly LoggedEvent[])[]) {
  const oneTable = await copyTo(sql, pid, batches, [events]);
  const allTables = await copyTo(sql, pid, batches, [events, places, messages]);
  return { oneTable, allTables };
}

async function copyTo(
  sql: postgres.Sql,
  pid: number,
  batches: readonly (readonly LoggedEvent[])[],
  targets: readonly Target[],
): Promise<Copying> {
  for (const { table } of targets) {
    await sql.unsafe(`drop table if exists copied_${table}`);
    await sql.unsafe(`create table copied_${table} (like ${table} including all)`);
  }
  let offset = 0;
  // The text is made before the clock starts: what is measured is Postgres.
  const texts = batches.map((batch) => {
    const from = offset;
    offset += batch.length;
    return targets.map(({ row }) => textOf(batch.map((event, n) => row(event, from + n))));
  });
  const [startedAt, cpuBefore] = [performance.now(), treeCpuSeconds(pid)];
  for (const batch of texts) {
    await sql.begin(async (session) => {
      for (const [n, { table, columns }] of targets.entries()) {
        const into = await session.unsafe(`copy copied_${table} (${columns}) from stdin`).writable();
        await pipeline(Readable.from([batch[n]]), into);
      }
    });
  }
  return { seconds: (performance.now() - startedAt) / 1_000, cpu: treeCpuSeconds(pid) - cpuBefore };
}

function textOf(rows: readonly (readonly (string | number)[] | undefined)[]): string {
  const line = (row: readonly (string | number)[]) => `${row.map(escaped).join("\t")}\n`;
  return rows.flatMap((row) => (row === undefined ? [] : line(row))).join("");
}

function escaped(value: string | number): string {
  return value === nothing ? nothing : String(value).replace(/[\\\t\n\r]/g, (special) => `\\${special}`);
}
