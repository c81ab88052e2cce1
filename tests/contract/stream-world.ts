/** A stream with one room that the store knows, and what tests do with it. Checks nothing itself. */
import type { EventRun, LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Published, RoomStream } from "#domain/ports/index.ts";
import { sampleRoom } from "./samples.ts";

export interface OpenStream {
  readonly stream: RoomStream;
  /** Makes the store know a room, at this offset. */
  storeRoom(room: RoomId, epoch: string, offset: number): Promise<void>;
  /** Makes the stream lose all it holds. */
  lose?(): Promise<void>;
  close(): Promise<void>;
}

export type WithRoom = (stream: RoomStream, room: RoomId, opened: OpenStream) => Promise<void>;

export function openRoom(open: () => Promise<OpenStream>): (work: WithRoom) => Promise<void> {
  return async (work) => {
    const opened = await open();
    const room = sampleRoom();
    try {
      await opened.storeRoom(room, "e1", 0);
      await work(opened.stream, room, opened);
    } finally {
      await opened.close();
    }
  };
}

export async function record(stream: RoomStream, events: readonly LoggedEvent[]): Promise<readonly Published[]> {
  const published = await stream.publish(events);
  await stream.confirm(events);
  return published;
}

/** The runs that a new listener gets, growing as they come. */
export async function listen(stream: RoomStream, room: RoomId): Promise<readonly EventRun[]> {
  const runs: EventRun[] = [];
  await stream.subscribe(room, (run) => runs.push(run));
  return runs;
}

export function heard(runs: readonly EventRun[]): readonly RoomEvent[] {
  return runs.flatMap((run) => run.events);
}
