/** Reads of the followed rooms what this gateway missed: after a hole, a standstill of the process, or a new beginning of the room's stream. */
import type { EventRun } from "#domain/events.ts";
import type { Ports } from "#domain/ports/index.ts";
import { readEvents } from "#domain/read-history.ts";
import type { Position } from "#domain/room.ts";
import { freshly, type Standstill } from "#domain/standstill.ts";
import { createTurns } from "#domain/turns.ts";
import { type Feed, hold, isHeld } from "./feed.ts";
import { errorFields, type Log } from "./log.ts";
import { askAgainMs, readableNow } from "./readable-position.ts";

/** Events in one frame at most, and their bytes as they were sent, unless the first alone has more. */
export const maxRunEvents = 200;
export const maxRunBytes = 192 * 1024;
/** Rooms read at once: after a standstill all of them are to be read. */
export const repairsAtOnce = 32;
/** What could not be read is asked for again after this long. */
const repairAgainMs = 250;

type RepairPorts = Pick<Ports, "stream" | "events" | "metrics" | "levels">;

/** What the hub does with what is read. */
export interface Repaired {
  take(feed: Feed, run: EventRun): void;
  /** As if nothing of the room had been told before this position. */
  begin(feed: Feed, position: Position): void;
  /** Its position means nothing any more: pages and programs are told. */
  renewed(feed: Feed, position: Position): void;
  isFollowed(feed: Feed): boolean;
}

export interface Repairs {
  /** Fetches what is missing between what was taken and what just came, until there is no hole. */
  repair(feed: Feed): Promise<void>;
  /** The stream was rebuilt: what was shown may be numbered anew, so pages read the room again. */
  renew(feed: Feed): Promise<void>;
}

export function createRepairs(ports: RepairPorts, log: Log, still: Standstill, hub: Repaired): Repairs {
  const { metrics, levels } = ports;
  const inTurn = createTurns(repairsAtOnce);

  const again = (feed: Feed, work: (feed: Feed) => Promise<void>) =>
    setTimeout(() => void (hub.isFollowed(feed) && work(feed)), repairAgainMs).unref();

  const fill = async (feed: Feed) => {
    while (hub.isFollowed(feed)) {
      const after = feed.taken;
      const room = { id: feed.id, epoch: feed.epoch };
      const run = await freshly(() => readEvents(ports, room, after, maxRunEvents, maxRunBytes), still);
      if (feed.taken !== after) continue;
      if (run.events[0]?.offset === after + 1) hub.take(feed, run);
      if (run.endsBeforeNewer === true && !feed.held) hold(feed, levels, log);
      if (feed.taken === after || feed.held) break;
    }
    feed.stale = false;
  };

  const repair = async (feed: Feed) => {
    if (feed.repairing || isHeld(feed, levels)) return;
    feed.repairing = true;
    metrics.count("superchat_gateway_hole_repairs_total");
    try {
      await inTurn(() => fill(feed));
    } catch (error) {
      log.warn("hole not filled yet", { room: feed.id, after: feed.taken, ...errorFields(error) });
    } finally {
      feed.repairing = false;
    }
    if (isHeld(feed, levels) || !hub.isFollowed(feed)) return;
    const head = await ports.stream.head(feed.id).catch(() => undefined);
    if (head === undefined || feed.stale) return void again(feed, repair);
    // What told of the new epoch may have come while nothing live was heard.
    if (head.epoch !== feed.epoch) await renew(feed);
    else if (head.offset > feed.taken) again(feed, repair);
  };

  /**
   * Each look takes a turn of its own: the store hears of an epoch only when a writer is there.
   * @returns undefined when nobody follows the room in this feed any more
   */
  const readable = async (feed: Feed) => {
    while (hub.isFollowed(feed)) {
      const position = await inTurn(() => readableNow(ports, feed.id));
      if (position !== undefined) return hub.isFollowed(feed) ? position : undefined;
      await Bun.sleep(askAgainMs);
    }
    return undefined;
  };

  const renew = async (feed: Feed) => {
    if (feed.renewing || isHeld(feed, levels)) return;
    feed.renewing = true;
    try {
      const stored = await readable(feed);
      if (stored === undefined) return;
      hub.begin(feed, stored);
      metrics.count("superchat_gateway_room_resets_total");
      hub.renewed(feed, stored);
    } catch (error) {
      log.warn("room not read anew yet", { room: feed.id, ...errorFields(error) });
      again(feed, renew);
      return;
    } finally {
      feed.renewing = false;
    }
    // What came meanwhile was let go by.
    await repair(feed);
  };

  return { repair, renew };
}
