/** People who write into many rooms while a log is being hurt, and what must be true of the log afterwards. */
import { expect } from "bun:test";
import type { LoggedEvent } from "#domain/events.ts";
import { samplePost, sampleRoom } from "../contract/samples.ts";
import type { KafkaWorld, PositionStore } from "./kafka-world.ts";

export const idsOf = (events: readonly LoggedEvent[]) => events.map(({ id }) => id);

/** Fewer than a log holds while its broker is away: however long that takes on a busy machine, nothing is refused. */
const mostWaiting = 5_000;

/** Rooms in which somebody writes all the time, several messages on their way at once. */
export function startWriting(append: (event: LoggedEvent) => Promise<void>, rooms = 24, pauseMs = 40) {
  const sent = new Map(Array.from({ length: rooms }, () => [sampleRoom(), [] as LoggedEvent[]]));
  const acked = new Set<string>();
  const refused: unknown[] = [];
  const appends: Promise<void>[] = [];
  let writing = true;
  const rounds = (async () => {
    while (writing) {
      await Bun.sleep(pauseMs);
      if (appends.length - acked.size - refused.length > mostWaiting) continue;
      for (const [room, events] of sent) {
        const event = samplePost(room, `message ${events.length}`);
        events.push(event);
        appends.push(
          append(event).then(
            () => void acked.add(event.id),
            (error) => void refused.push(error),
          ),
        );
      }
    }
  })();
  async function stop(): Promise<void> {
    writing = false;
    await rounds;
    await Promise.all(appends);
  }
  return { sent, acked, refused, stop };
}

/** Everything sent was acked; all of it is in the log once, and in the store if one is given, each room's in order. */
export async function expectKeptOnce(
  { sent, acked, refused }: ReturnType<typeof startWriting>,
  world: KafkaWorld,
  topic: string,
  /** What read the log meanwhile. */
  store?: PositionStore,
): Promise<void> {
  const all = [...sent.values()].flat();
  expect(refused).toEqual([]);
  expect(acked.size).toBe(all.length);
  const inLog: LoggedEvent[] = (await world.readAll(topic)).map(({ text }) => JSON.parse(text));
  expect(inLog).toHaveLength(all.length);
  for (const [room, events] of sent) expect(idsOf(inLog.filter((event) => event.room === room))).toEqual(idsOf(events));
  if (store === undefined) return;
  expect(store.events).toHaveLength(all.length);
  for (const [room, events] of sent) expect(store.of(room)).toEqual(idsOf(events));
}
