/**
 * What readers were shown: each the same sequence as all others and as Postgres has it in the end, without holes or repeats,
 * or an explicit reset after which it read the room anew.
 */
import { epochsOf } from "./check-offsets.ts";
import type { History, Mark, Reader, StoredEvent } from "./history.ts";

export function readerProblems(history: History): string[] {
  const { readers, stored, lives, poisons } = history;
  const starts = lives.toSorted((a, b) => a - b);
  return [
    ...disagreements(readers),
    ...readers.flatMap((reader) => {
      const rows = stored.filter(({ room }) => room === reader.room);
      return readerStory(reader, rows, { starts, poisons }).map((sentence) => `${reader.name}: ${sentence}`);
    }),
  ];
}

/** An offset of an epoch is one event, whoever looks. */
function disagreements(readers: readonly Reader[]): string[] {
  const known = new Map<string, { readonly id: string; readonly reader: string }>();
  const problems: string[] = [];
  for (const { name, room, shown } of readers) {
    for (const each of shown) {
      if (each.type !== "live") continue;
      for (const { offset, id } of each.messages) {
        const place = `${room} ${each.epoch} ${offset}`;
        const other = known.get(place);
        if (other === undefined) known.set(place, { id, reader: name });
        else if (other.id !== id) problems.push(`${place} is ${id} for ${name} and ${other.id} for ${other.reader}`);
      }
    }
  }
  return problems;
}

interface Circumstances {
  readonly starts: readonly number[];
  /** Live until the store has refused them: then something else stands in their place. */
  readonly poisons: readonly string[];
}

function readerStory(reader: Reader, rows: readonly StoredEvent[], { starts, poisons }: Circumstances): string[] {
  const problems: string[] = [];
  let seen: Mark[] = [];
  let epoch: string | undefined;
  let last = 0;
  for (const each of reader.shown) {
    if (each.type === "reset") epoch = undefined;
    else if (each.type === "read") {
      problems.push(...holesInReading(each.events, starts));
      seen = [...each.events];
      epoch = each.epoch;
      last = each.events.at(-1)?.offset ?? 0;
    } else {
      if (epoch === undefined) problems.push(`was shown ${each.from} after a reset, without reading anew`);
      else if (each.epoch !== epoch) problems.push(`was shown another epoch from ${each.from} on without a reset`);
      else if (each.from > last + 1) problems.push(`was not shown ${last + 1} to ${each.from - 1}`);
      else if (each.from <= last) problems.push(`was shown ${each.from} again after ${last}`);
      for (const mark of each.messages)
        if (mark.offset < each.from || mark.offset > each.to) problems.push(`${mark.offset} is outside its frame`);
      seen.push(...each.messages);
      last = each.to;
    }
  }
  if (problems.length > 0) return problems;
  return reader.leftWith === undefined
    ? unlikeStore(seen, last, rows, poisons)
    : seenAfterLeaving(reader, seen, last, rows);
}

/** As in Postgres: a hole is there only where a new epoch begins. */
function holesInReading(events: readonly Mark[], starts: readonly number[]): string[] {
  const asRows = events.map(({ offset, id }) => ({ offset, id, type: "", author: "", text: "", room: "", at: 0 }));
  const newest = epochsOf(asRows, starts).at(-1) ?? [];
  return newest.flatMap(({ offset }, n) => {
    const before = newest[n - 1]?.offset ?? offset - 1;
    return offset === before + 1 ? [] : [`read ${before} and then ${offset}`];
  });
}

function unlikeStore(seen: readonly Mark[], last: number, rows: readonly StoredEvent[], poisons: readonly string[]) {
  const end = rows.at(-1)?.offset ?? 0;
  if (last !== end) return [`was shown the room to ${last}, which goes to ${end}`];
  const messages = rows.filter(({ type }) => type === "message.posted").map(({ offset, id }) => `${offset} ${id}`);
  const shown = seen.filter(({ id }) => id !== "" && !poisons.includes(id)).map(({ offset, id }) => `${offset} ${id}`);
  const at = Array.from({ length: Math.max(messages.length, shown.length) }, (_, n) => n).find(
    (n) => messages[n] !== shown[n],
  );
  return at === undefined ? [] : [`message ${at} was ${shown[at]} and is ${messages[at]} in Postgres`];
}

function seenAfterLeaving({ leftWith }: Reader, seen: readonly Mark[], last: number, rows: readonly StoredEvent[]) {
  const left = rows.findIndex(({ id }) => id === leftWith);
  if (left < 0) return ["left, and Postgres does not know"];
  const later = new Set(rows.slice(left + 1).map(({ id }) => id));
  const known = seen.find(({ id }) => later.has(id));
  return known === undefined ? [] : [`was shown ${known.id} at ${known.offset} of ${last} after it had left`];
}
