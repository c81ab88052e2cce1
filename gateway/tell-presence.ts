/** Tells the rooms of a person that they came or went. A request that nobody has accepted yet tells strangers nothing of each other. */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";

export async function tellPresence(
  ports: Pick<Ports, "directs" | "signals">,
  user: UserId,
  rooms: readonly RoomId[],
  online: boolean,
): Promise<void> {
  if (rooms.length === 0) return;
  const silent = await ports.directs.requestsAmong(rooms);
  const told = rooms.filter((room) => !silent.has(room));
  await Promise.all(told.map((room) => ports.signals.toRoom(room, { type: "presence", user, online })));
}
