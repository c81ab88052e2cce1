/** What one k6 process user (a VU) knows of a room: its ledger, and the room's own record to compare it with. */
import { type Command, channelOf, type Reply } from "./conversation.ts";
import { createLedger, type Ledger } from "./ledger.ts";
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
 * Reads the room's events since the watch's position, until every acked message is among them or time is up.
 * @returns what it found, and the last offset that there was then
 */
export async function readRecord(
  { room, ledger, position }: RoomWatch,
  ask: (command: Command) => Promise<Reply | undefined>,
  withinMs: number,
) {
  const record = new Map<number, string>();
  const endsAtMs = Date.now() + withinMs;
  let after = position?.offset ?? 0;
  for (;;) {
    const since = { epoch: position?.epoch ?? "", offset: after };
    const reply = await ask({ history: { channel: channelOf(room), limit: pageSize, since } });
    for (const { offset, data } of reply?.history?.publications ?? []) {
      if (offset === undefined) continue;
      record.set(offset, data.id);
      after = offset;
    }
    const isWhole = reply?.history !== undefined && after >= reply.history.offset;
    if (isWhole && ledger.ackedBeyond(record) === 0) return { record, end: after };
    if (Date.now() > endsAtMs) return { record, end: after };
    if (isWhole || reply?.history === undefined) await wait(tryAgainMs);
  }
}
