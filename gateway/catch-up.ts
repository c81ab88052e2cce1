/**
 * Brings a page from the position it knows to the room's present, then subscribes it: both in one tick at the end, so
 * that nothing is missed or repeated and no socket needs a buffer of its own.
 */
import { memberAccess } from "#domain/access-room.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { isChange } from "#domain/message-changes.ts";
import type { Ports } from "#domain/ports/index.ts";
import { readEventsOn } from "#domain/read-history.ts";
import type { Room } from "#domain/room.ts";
import { maxReads, standstill } from "#domain/standstill.ts";
import type { PageSocket } from "./connections.ts";
import { isBehind, untilDrained } from "./drained.ts";
import type { FollowedRoom } from "./feed.ts";
import { caughtUpFrame, grownFrame, renderedBytes, resetFrame, runFrame, textsOf } from "./frames.ts";
import type { Hub } from "./hub.ts";
import { renderTurns } from "./render-turns.ts";
import { maxRunBytes, maxRunEvents } from "./repairs.ts";
import { topics } from "./topics.ts";

/** A page further behind than this reads the room anew instead. */
export const maxResumeEvents = 1_000;
/** How long a position that the hub has not published yet may be ahead of it. */
const aheadPollMs = 10;
const maxAheadPolls = 50;

type CatchUpPorts = Pick<Ports, "rooms" | "events" | "stream" | "metrics">;

/** @throws ChatError forbidden or not-found when the person may not follow the room */
export async function catchUp(ports: CatchUpPorts, hub: Hub, socket: PageSocket): Promise<void> {
  const { shows, caller } = socket.data;
  if (shows === undefined) return;
  const { room } = await memberAccess(ports, caller.user, shows.ref);
  const followed = await followOnce(hub, socket, room);
  if (followed === undefined) return;
  socket.data.room = room.id;
  ports.metrics.count("superchat_gateway_catch_ups_total");
  let after = shows.after;
  let polls = 0;
  let inVain = 0;
  while (!socket.data.closed && socket.data.room === room.id) {
    const shown = followed.shown();
    if (shown.epoch !== shows.epoch || shown.offset - after > maxResumeEvents) return restart(ports, socket, followed);
    if (after === shown.offset) return goLive(socket, followed);
    if (after > shown.offset) {
      if (++polls > maxAheadPolls) return restart(ports, socket, followed);
      await Bun.sleep(aheadPollMs);
      continue;
    }
    const times = standstill.count();
    const next = await nextRun(ports, room, after, followed);
    if (next.events.length === 0) return restart(ports, socket, followed);
    // Apart from the pages of the same person, which are rendered meanwhile.
    await renderTurns.firstWithin(`live ${caller.user.id}`, textsOf(next.events), renderedBytes);
    // What was read may be deleted since.
    if (standstill.count() !== times) {
      if (++inVain >= maxReads) return restart(ports, socket, followed);
      continue;
    }
    inVain = 0;
    // They may have left meanwhile, or the room begun anew.
    if (socket.data.room !== room.id || followed.shown().epoch !== shown.epoch) continue;
    after = await tell(socket, { room: room.id, epoch: shown.epoch }, next);
    // Where to go on, should what is read next be away for a while.
    socket.data.shows = { ...shows, after };
    await untilDrained(socket);
  }
}

/** As many of the events as the reader takes at once; what is left while it is behind is read again. @returns the last one's offset */
async function tell(
  socket: PageSocket,
  position: { readonly room: RoomId; readonly epoch: string },
  { events, previous }: Awaited<ReturnType<typeof nextRun>>,
): Promise<number> {
  let before = previous;
  let left = events;
  let told = 0;
  do {
    const run = runFrame(position, left, before);
    socket.send(run.frame);
    told += run.events.length;
    before = run.events.findLast((event) => !isChange(event)) ?? before;
    left = left.slice(run.events.length);
  } while (left.length > 0 && !socket.data.closed && !isBehind(socket));
  return events[told - 1]?.offset ?? 0;
}

/** Follows a room for a socket, once; undefined when the socket closed meanwhile. */
export async function followOnce(
  hub: Hub,
  socket: PageSocket,
  room: Pick<Room, "id">,
): Promise<FollowedRoom | undefined> {
  const before = socket.data.followed.get(room.id);
  if (before !== undefined) return before;
  const followed = await hub.follow(room.id);
  const meanwhile = socket.data.followed.get(room.id);
  if (socket.data.closed || meanwhile !== undefined) {
    followed.release();
    return meanwhile;
  }
  socket.data.followed.set(room.id, followed);
  return followed;
}

/** Events after an offset up to what the hub has published, and the one before them for its looks. */
async function nextRun(ports: CatchUpPorts, room: Room, after: number, followed: FollowedRoom) {
  const from = Math.max(0, after - 1);
  const run = await readEventsOn(ports, room, from, maxRunEvents + 1, maxRunBytes);
  const { offset: shown } = followed.shown();
  const events: RoomEvent[] = [];
  let previous: RoomEvent | undefined;
  for (const event of run.events) {
    if (event.offset <= after) previous = event;
    else if (event.offset <= shown && event.offset === after + events.length + 1) events.push(event);
  }
  return { events, previous };
}

function goLive(socket: PageSocket, followed: FollowedRoom): void {
  if (socket.data.pageTopic !== undefined) socket.unsubscribe(socket.data.pageTopic);
  socket.data.pageTopic = followed.join();
  socket.subscribe(socket.data.pageTopic);
  socket.unsubscribe(topics.activity(followed.id));
  socket.send(caughtUpFrame(followed.id, followed.shown()));
  for (const grown of followed.growing()) socket.send(grownFrame(followed.id, grown));
}

function restart(ports: CatchUpPorts, socket: PageSocket, followed: FollowedRoom): void {
  ports.metrics.count("superchat_gateway_page_resets_total");
  socket.send(resetFrame(followed.id, followed.shown()));
  goLive(socket, followed);
}
