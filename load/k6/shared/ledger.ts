/**
 * What the members of one room have seen and sent, and whether anything was lost, doubled or reordered. Pure: it knows neither
 * sockets nor clocks. What a reader sees is compared with what other readers saw, and in the end with the room's own record.
 */

export interface Faults {
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
}

/** One member's reading of a room, from the position of their first subscribing on, over any number of connections. */
export interface Reading {
  /** The offset to resume from. */
  readonly last: () => number;
  readonly take: (offset: number, id: string) => void;
  /** @param end the last offset that had to arrive */
  readonly finish: (end: number) => Faults;
}

export interface Ledger {
  readonly openReading: (from: number) => Reading;
  /** At each sending: what was sent once, on one connection, keeps that order in the room. */
  readonly noteSending: (id: string, connection: string) => void;
  readonly noteAck: (id: string) => void;
  /** Acked ones that a record does not have yet. */
  readonly ackedBeyond: (record: RoomRecord) => number;
  /** What only the whole room shows: acked messages that are nowhere or twice, holes, places where another event stands. */
  readonly check: (record: RoomRecord) => Faults;
}

/** A room's events as its history gives them, in its order: offset to event id. */
export type RoomRecord = ReadonlyMap<number, string>;

/** A larger hole is counted as lost at once, and what of it comes later as doubled. */
const mostAwaited = 100_000;

export function createLedger(): Ledger {
  const seen = new Map<number, string>();
  const sent = new Map<string, string[]>();
  const sendings = new Map<string, number>();
  const acked = new Set<string>();
  let disagreed = 0;

  const note = (offset: number, id: string) => {
    const known = seen.get(offset);
    if (known === undefined) seen.set(offset, id);
    else if (known !== id) disagreed += 1;
  };

  return {
    openReading: (from) => openReading(from, note),
    noteSending(id, connection) {
      sendings.set(id, (sendings.get(id) ?? 0) + 1);
      const ids = sent.get(connection);
      if (ids === undefined) sent.set(connection, [id]);
      else ids.push(id);
    },
    noteAck: (id) => void acked.add(id),
    ackedBeyond(record) {
      const places = placesIn(record);
      return [...acked].filter((id) => !places.has(id)).length;
    },
    check(record) {
      const places = placesIn(record);
      const offsets = [...record.keys()];
      const ordered = (id: string) =>
        acked.has(id) && sendings.get(id) === 1 ? (places.get(id) ?? []).slice(0, 1) : [];
      return {
        lost: [...acked].filter((id) => !places.has(id)).length + holes(offsets),
        doubled: sum([...places.values()].map(({ length }) => length - 1)),
        reordered:
          disagreed +
          [...seen].filter(([offset, id]) => record.has(offset) && record.get(offset) !== id).length +
          sum([...sent.values()].map((ids) => descents(ids.flatMap(ordered)))),
      };
    },
  };
}

function openReading(from: number, note: (offset: number, id: string) => void): Reading {
  const awaited = new Set<number>();
  let last = from;
  let lost = 0;
  let doubled = 0;
  let reordered = 0;
  return {
    last: () => last,
    take(offset, id) {
      note(offset, id);
      if (offset <= last) {
        if (awaited.delete(offset)) reordered += 1;
        else doubled += 1;
        return;
      }
      if (offset - last - 1 + awaited.size > mostAwaited) lost += offset - last - 1;
      else for (let hole = last + 1; hole < offset; hole++) awaited.add(hole);
      last = offset;
    },
    finish: (end) => ({ lost: lost + awaited.size + Math.max(0, end - last), doubled, reordered }),
  };
}

function placesIn(record: RoomRecord): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [offset, id] of record) {
    const known = places.get(id);
    if (known === undefined) places.set(id, [offset]);
    else known.push(offset);
  }
  return places;
}

function holes(offsets: readonly number[]): number {
  return sum(offsets.map((offset, index) => (index === 0 ? 0 : Math.max(0, offset - (offsets[index - 1] ?? 0) - 1))));
}

function descents(offsets: readonly number[]): number {
  return offsets.filter((offset, index) => index > 0 && offset < (offsets[index - 1] ?? 0)).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

export const noFaults: Faults = { lost: 0, doubled: 0, reordered: 0 };

export function addFaults(...all: readonly Faults[]): Faults {
  return {
    lost: sum(all.map(({ lost }) => lost)),
    doubled: sum(all.map(({ doubled }) => doubled)),
    reordered: sum(all.map(({ reordered }) => reordered)),
  };
}
