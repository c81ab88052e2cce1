/** What one k6 process user (a VU) knows of a room: its ledger, and the room's own record to compare it with. */
import { type Command, channelOf, type Reply } from "./conversation.ts";
import { createLedger, type Ledger, type RoomRecord } from "./ledger.ts";
import { wait } from "./waiting.ts";

export interface RoomWatch {
  readonly room: string;
  readonly ledger: Ledger;
  /** The earliest position that is known; what came before is nobody's business here. */
  position: Position | undefined;
}

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export type Watches = (room: string) => RoomWatch;

export function createWatches(): Watches {
  const watches = new Map<string, RoomWatch>();
  return (room) => {
    const known = watches.get(room);
    if (known !== undefined) return known;
    const watch: RoomWatch = { room, ledger: createLedger(), position: undefined };
    watches.set(room, watch);
    return watch;
  };
}

const pageSize = 200;
const tryAgainMs = 200;

/**
 * Reads the room's events since the watch's position, until every acked message is among them.
 * @param withinMs as long as it may take that something new is there
 * @returns what it found, and the last offset that there was then; undefined: the room could not be read to its end
 */
export async function readRecord(
  { room, ledger, position }: RoomWatch,
  ask: (command: Command) => Promise<Reply | undefined>,
  withinMs: number,
): Promise<{ readonly record: RoomRecord; readonly end: number } | undefined> {
  const record = new Map<number, string>();
  let after = position?.offset ?? 0;
  let progressAtMs = Date.now();
  for (;;) {
    const since = { epoch: position?.epoch ?? "", offset: after };
    const { history } = (await ask({ history: { channel: channelOf(room), limit: pageSize, since } })) ?? {};
    const before = after;
    for (const { offset, data } of history?.publications ?? []) {
      if (offset === undefined) continue;
      record.set(offset, data.id);
      after = offset;
    }
    if (after > before) progressAtMs = Date.now();
    const isWhole = history !== undefined && after >= history.offset;
    if (isWhole && ledger.ackedBeyond(record) === 0) return { record, end: after };
    if (Date.now() - progressAtMs > withinMs) return isWhole ? { record, end: after } : undefined;
    if (after === before) await wait(tryAgainMs);
  }
}
