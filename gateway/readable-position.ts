/**
 * From where pages of a room can go on. In an epoch that began a moment ago they can't until the store has heard of it: they
 * would read the room without the events that began it, and take that for all there is.
 */
import type { RoomId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";

/** The store is asked again after this long. */
const askAgainMs = 20;

/** While the store is away nobody reads pages anew anyway, so then the stream's word is enough. */
export async function readablePosition(ports: Pick<Ports, "stream" | "events">, room: RoomId): Promise<Position> {
  for (;;) {
    const live = await ports.stream.head(room);
    const stored = await ports.events.head(room).catch(() => undefined);
    if (stored === undefined || stored.epoch === live.epoch) return live;
    await Bun.sleep(askAgainMs);
  }
}
