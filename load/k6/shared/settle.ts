/** The end of every scenario: when all is quiet, what each reader has is compared with what each room has. */
import { addFaults } from "./ledger.ts";
import type { Member } from "./member.ts";
import * as metrics from "./metrics.ts";
import { type RoomWatch, readRecord } from "./room-watch.ts";
import { became, wait } from "./waiting.ts";

/** So that what others said last is there, too. */
const quietMs = 1_000;

/**
 * Closes their sockets, too.
 * @param withinS everything acked can be read, and everything readable has arrived: while a store is away that takes a little
 */
export async function settle(members: readonly Member[], withinS: number): Promise<void> {
  await wait(quietMs);
  const watches = new Set(members.flatMap(({ seats }) => seats.map(({ watch }) => watch)));
  for (const watch of watches) await compare(watch, members, withinS * 1_000);
  for (const member of members) member.goAway();
}

async function compare(watch: RoomWatch, members: readonly Member[], withinMs: number): Promise<void> {
  const inRoom = members.filter(({ seats }) => seats.some((seat) => seat.watch === watch));
  const [asker] = inRoom;
  if (asker === undefined) return;
  const found = await readRecord(watch, asker.ask, withinMs);
  // Nothing to compare with: these readings stay unchecked, which has a threshold.
  if (found === undefined) return;
  const { record, end } = found;
  metrics.countFaults(watch.ledger.check(record));
  const readings = inRoom.flatMap(({ seats }) =>
    seats.flatMap((seat) => (seat.watch === watch ? (seat.reading() ?? []) : [])),
  );
  await became(() => readings.every(({ last }) => last() >= end), withinMs);
  metrics.countFaults(addFaults(...readings.map(({ finish }) => finish(end))));
  metrics.checked.add(readings.length);
}
