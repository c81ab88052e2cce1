/**
 * The local half of fan-out: which rooms this gateway follows, and their events in order, without holes, rendered once
 * and published natively to the sockets that subscribed. Knows topics, not sockets.
 */
import type { EventRun, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { isChange } from "#domain/message-changes.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { eventBytes, firstWithin } from "#domain/sizes.ts";
import { type Standstill, standstill } from "#domain/standstill.ts";
import {
  type AudienceKind,
  createFeed,
  eraseWaiting,
  type Feed,
  type FollowedRoom,
  forgetWaiting,
  type HubOutput,
  hold,
  isHeld,
  secondsSince,
  takeIn,
  tellRevised,
} from "./feed.ts";
import { activityFrame, activityOf, presenceFrame, resetFrame, runFrame, typingFrame } from "./frames.ts";
import { errorFields, type Log } from "./log.ts";
import { publicationFrames } from "./programs/frames.ts";
import { tellMentioned, tellUnnamed } from "./programs/user-news.ts";
import { readablePosition } from "./readable-position.ts";
import { createRepairs, maxRunBytes, maxRunEvents } from "./repairs.ts";
import { createRevisions } from "./revisions.ts";
import { tickMs } from "./tick.ts";
import { topics } from "./topics.ts";

type HubPorts = Pick<Ports, "stream" | "events" | "signals" | "growing" | "metrics" | "levels">;

export interface Hub {
  /** Starts following, or joins those who do; resolves when the room's position is known. */
  follow(room: RoomId, kind?: AudienceKind): Promise<FollowedRoom>;
  follows(room: RoomId): boolean;
  followed(): number;
  close(): Promise<void>;
}

export function createHub(ports: HubPorts, out: HubOutput, log: Log, still: Standstill = standstill): Hub {
  const feeds = new Map<RoomId, Feed>();
  const { metrics, levels } = ports;
  const revisions = createRevisions(ports.events, (error) => log.warn("revised not told", errorFields(error)));

  const start = async (feed: Feed) => {
    const early: EventRun[] = [];
    let known = false;
    feed.unsubscribe.push(
      await ports.stream.subscribe(feed.id, (run) => (known ? hear(feed, run) : void early.push(run))),
      await ports.signals.onRoom(feed.id, (signal) => {
        // After a standstill a text is read anew first.
        still.count();
        if (signal.type === "grown") return feed.growing.heard(signal);
        const frame = signal.type === "typing" ? typingFrame(feed.id, signal.user) : presenceFrame(feed.id, signal);
        feed.audiences.page.publish(frame);
      }),
    );
    const { epoch, offset } = await readablePosition(ports, feed.id);
    begin(feed, { epoch, offset });
    known = true;
    if (feed.stale) return await repair(feed);
    for (const run of early) hear(feed, run);
  };

  /** What was told before this process stood still is in `repair`, as it reads now. */
  const hear = (feed: Feed, run: EventRun) => {
    still.count();
    if (!feed.stale) take(feed, run);
  };

  const thawed = () => {
    log.warn("this process stood still: what it knows of rooms is read anew", { rooms: feeds.size });
    for (const feed of feeds.values()) {
      const isLeaving = forgetWaiting(feed);
      out.erased(feed.id);
      if (feed.epoch !== "") void (isLeaving ? renew(feed) : repair(feed));
    }
  };
  let endThaw = () => {};

  const begin = (feed: Feed, { epoch, offset }: Position) => {
    Object.assign(feed, { epoch, taken: offset, previous: undefined, pending: [], leaving: undefined });
    for (const audience of Object.values(feed.audiences)) audience.restart(offset);
    out.erased(feed.id);
  };

  const take = (feed: Feed, run: EventRun) => {
    if (isHeld(feed, levels)) return;
    if (run.epoch !== feed.epoch) return void renew(feed);
    if (!takeIn(feed, run.events, out)) return void repair(feed);
    if (feed.held) hold(feed, levels, log);
    if (eraseWaiting(feed, run.events)) out.erased(feed.id);
    schedule(feed);
  };

  const { repair, renew } = createRepairs(ports, log, still, {
    take: (feed, run) => take(feed, run),
    begin,
    renewed(feed, position) {
      feed.audiences.page.publish(resetFrame(feed.id, position));
      out.rebuilt(feed.id);
    },
    isFollowed: (feed) => feeds.get(feed.id) === feed,
  });

  const schedule = (feed: Feed) => {
    if (feed.pending.length === 0 || feed.timer !== undefined || feed.leaving !== undefined) return;
    // What did not fit into a frame waits for nothing.
    if (feed.pending.length >= maxRunEvents) return flush(feed);
    const { page, program } = feed.audiences;
    const waitMs = feed.idleSince + tickMs(page.count() + program.count()) - performance.now();
    if (waitMs <= 0) return flush(feed);
    feed.timer = setTimeout(() => {
      feed.timer = undefined;
      flush(feed);
    }, waitMs);
  };

  const flush = (feed: Feed) => {
    still.count();
    // Since the timer was set something else may have begun to leave: what waits is looked at when that has left.
    if (feed.leaving !== undefined) return;
    const waiting = firstWithin(feed.pending.slice(0, maxRunEvents), eventBytes, maxRunBytes);
    if (waiting.length === 0) return;
    feed.idleSince = performance.now();
    const position = { room: feed.id, epoch: feed.epoch };
    const { page, program } = feed.audiences;
    const others = out.subscribers(topics.activity(feed.id));
    const heard = page.count() + others > 0;
    const revise = (some: readonly RoomEvent[]) =>
      revisions.among(some, heard ? (late) => tellRevised(feed, out, late) : undefined);
    const run = page.count() > 0 ? runFrame(position, waiting, feed.previous, revise) : undefined;
    // What does not fit into a page's frame waits for the next one, as if it had come later.
    const { events, revised } = run ?? { events: waiting, revised: revise(waiting) };
    feed.pending.splice(0, events.length);
    const last = events.at(-1) as RoomEvent;
    const activity = others > 0 ? activityOf(feed.id, events, revised) : undefined;
    const pageFrames = run === undefined ? [] : [run.frame];
    const pushes = program.count() > 0 ? publicationFrames(feed.id, events) : [];
    // Changes stand at no place of their own: the next entry follows on the one before them.
    feed.previous = events.findLast((event) => !isChange(event)) ?? feed.previous;
    tellMentioned(out, events);
    tellUnnamed(out, feed.id, revised);
    if (activity !== undefined) out.publish(topics.activity(feed.id), activityFrame(activity));
    metrics.observe("superchat_gateway_frame_events", events.length);
    metrics.observe("superchat_gateway_delivery_seconds", secondsSince(events[0] ?? last));
    const own = {};
    feed.leaving = own;
    let left = Object.keys(feed.audiences).length;
    const done = () => {
      left -= 1;
      if (left > 0 || feed.leaving !== own) return;
      feed.leaving = undefined;
      schedule(feed);
    };
    page.leave(pageFrames, last.offset, done);
    program.leave(pushes, last.offset, done);
  };

  const stop = async (feed: Feed) => {
    if (feeds.delete(feed.id) && feeds.size === 0) endThaw();
    clearTimeout(feed.timer);
    await Promise.all(feed.unsubscribe.map((unsubscribe) => unsubscribe()));
  };

  const newFeed = (id: RoomId): Feed => {
    const feed = createFeed(id, ports, out);
    feed.ready = start(feed);
    if (feeds.size === 0) endThaw = still.onThaw(thawed);
    feeds.set(id, feed);
    return feed;
  };

  return {
    async follow(room, kind = "page") {
      const feed = feeds.get(room) ?? newFeed(room);
      feed.followers += 1;
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        feed.followers -= 1;
        if (feed.followers === 0 && feeds.get(room) === feed) {
          void stop(feed).catch((error) => log.warn("unfollowing failed", { room, ...errorFields(error) }));
        }
      };
      try {
        await feed.ready;
      } catch (error) {
        release();
        throw error;
      }
      const audience = feed.audiences[kind];
      const shown = () => ({ epoch: feed.epoch, offset: audience.shown() });
      return { id: room, shown, join: audience.join, growing: feed.growing.soFar, release };
    },
    follows: (room) => feeds.has(room),
    followed: () => feeds.size,
    close: async () => void (await Promise.all([...feeds.values()].map(stop))),
  };
}
