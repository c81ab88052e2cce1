/**
 * From where pages of a room can go on. In an epoch that began a moment ago they can't until the store has heard of it: they
 * would read the room without the events that began it, and take that for all there is.
 */
import type { RoomId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";

/** The store is asked again after this long. */
export const askAgainMs = 20;

type PositionPorts = Pick<Ports, "stream" | "events">;

export async function readablePosition(ports: PositionPorts, room: RoomId): Promise<Position> {
  for (;;) {
    const position = await readableNow(ports, room);
    if (position !== undefined) return position;
    await Bun.sleep(askAgainMs);
  }
}

/**
 * While the store is away nobody reads pages anew anyway, so then the stream's word is enough.
 * @returns undefined when the store has not heard of the epoch yet
 */
export async function readableNow(ports: PositionPorts, room: RoomId): Promise<Position | undefined> {
  const live = await ports.stream.head(room);
  const stored = await ports.events.head(room).catch(() => undefined);
  return stored === undefined || stored.epoch === live.epoch ? live : undefined;
}
