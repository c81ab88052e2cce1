/**
 * Offsets of a room as Postgres has them: from 1 without holes, but where Redis began anew. There a new epoch begins, at the
 * time in microseconds, and events of the old one that were not stored yet are numbered anew.
 */
import type { History, StoredEvent } from "./history.ts";

/** An event that was numbered anew was taken at most this long before Redis began anew: the store may be behind. */
const longestUnstoredMs = 180_000;
/** Clocks of the test and of Redis are one, but not read at once. */
const slackMs = 50;

export function offsetProblems({ rooms, stored, lives }: History): string[] {
  const starts = lives.toSorted((a, b) => a - b);
  return rooms.flatMap((room) => {
    const rows = stored.filter((row) => row.room === room);
    if (rows.length === 0) return [`${room} has no events`];
    return [...repeats(room, rows), ...holes(room, rows, starts)];
  });
}

function repeats(room: string, rows: readonly StoredEvent[]): string[] {
  return rows.flatMap(({ offset }, n) => {
    const before = rows[n - 1]?.offset ?? 0;
    return offset > before ? [] : [`${room}: offset ${offset} comes after ${before}`];
  });
}

function holes(room: string, rows: readonly StoredEvent[], starts: readonly number[]): string[] {
  const epochs = epochsOf(rows, starts);
  return epochs.flatMap((epoch, at) =>
    epoch.flatMap((row, n) => {
      const before = n > 0 ? epoch[n - 1]?.offset : at === 0 ? 0 : row.offset - 1;
      if (before === undefined || row.offset <= before + 1) return [];
      const next = epochs[at + 1]?.[0];
      const excused = next !== undefined && starts.some((start) => isRenumbered(row, start, next));
      return excused ? [] : [`${room}: no event has an offset from ${before + 1} to ${row.offset - 1}`];
    }),
  );
}

const isRenumbered = (row: StoredEvent, start: number, next: StoredEvent) =>
  start * 1_000 <= next.offset + slackMs * 1_000 && row.at >= start - longestUnstoredMs;

/** Parts the rows where an offset is a time after a loss that no earlier epoch began after. */
export function epochsOf(rows: readonly StoredEvent[], starts: readonly number[]): StoredEvent[][] {
  const epochs: StoredEvent[][] = [[]];
  let since = 0;
  let before = 0;
  for (const row of rows) {
    const began = starts.findLast((start) => (start - slackMs) * 1_000 <= row.offset);
    if (row.offset > before + 1 && began !== undefined && began > since) {
      epochs.push([]);
      since = began;
    }
    epochs.at(-1)?.push(row);
    before = row.offset;
  }
  return epochs;
}
