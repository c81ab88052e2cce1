/** What the hub keeps of one room that it follows. */
import { deletionsAmong, erased, erasedAmong } from "#domain/erased.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { isNewer } from "#domain/levels.ts";
import type { Levels, Ports, Unsubscribe } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { type Audience, type AudienceOutput, createAudience } from "./audience.ts";
import { activityFrame, activityOf, grownFrame } from "./frames.ts";
import { followGrowing, type GrowingRoom, type GrownSignal } from "./growing.ts";
import { errorFields, type Log } from "./log.ts";
import { grownPush } from "./programs/frames.ts";
import type { Revision } from "./revisions.ts";
import { topics } from "./topics.ts";

export type AudienceKind = "page" | "program";

export interface Feed {
  readonly id: RoomId;
  readonly growing: GrowingRoom;
  epoch: string;
  /** Offset of the newest event taken in. */
  taken: number;
  readonly audiences: Readonly<Record<AudienceKind, Audience>>;
  /** The newest shown entry: decides how the next one is grouped. */
  previous: RoomEvent | undefined;
  pending: RoomEvent[];
  followers: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  idleSince: number;
  /** This process stood still: what it was told may be deleted by now, and is read anew before anything is told. */
  stale: boolean;
  repairing: boolean;
  renewing: boolean;
  /**
   * What comes next was made by a newer version (domain/levels.ts): nothing more is taken. Pages keep their place until this process
   * ends, which is soon, and they go to another.
   */
  held: boolean;
  /** Undefined while nothing is on its way to the audiences. */
  leaving: object | undefined;
  ready: Promise<void>;
  unsubscribe: Unsubscribe[];
}

export interface HubOutput extends AudienceOutput {
  /** Events that change who may listen, before anything else is done with them. */
  memberLeft(event: RoomEvent & { readonly type: "member.left" }): void;
  /** A room's stream began anew: who left meanwhile may not be heard of. */
  rebuilt(room: RoomId): void;
  /** What was read of the room before this may say what is deleted by now. */
  erased(room: RoomId): void;
}

/** A room that is followed. Positions only grow within an epoch. */
export interface FollowedRoom {
  readonly id: RoomId;
  /** What has been published: a socket that was given everything up to here may join. */
  shown(): Position;
  /** The topic that one more socket subscribes to, in this very tick. */
  join(): string;
  /** The texts that grow in it, from their beginnings. */
  growing(): readonly GrownSignal[];
  release(): void;
}

/** Nothing of the room is known yet. */
export function createFeed(id: RoomId, ports: Pick<Ports, "growing">, out: AudienceOutput): Feed {
  const page = createAudience(out, (part) => topics.page(id, part));
  const program = createAudience(out, (part) => topics.program(id, part));
  const tell = (grown: GrownSignal) => {
    if (page.count() > 0) page.publish(grownFrame(id, grown));
    if (program.count() > 0) program.publish(grownPush(id, grown));
  };
  return {
    id,
    growing: followGrowing(ports, id, tell),
    audiences: { page, program },
    epoch: "",
    taken: 0,
    previous: undefined,
    pending: [],
    followers: 0,
    timer: undefined,
    idleSince: 0,
    stale: false,
    repairing: false,
    renewing: false,
    held: false,
    leaving: undefined,
    ready: Promise.resolve(),
    unsubscribe: [],
  };
}

/** Takes in what comes next of events, up to what a newer version made. @returns false when something is missing before it */
export function takeIn(feed: Feed, events: readonly RoomEvent[], out: Pick<HubOutput, "memberLeft">): boolean {
  for (const event of events) {
    if (event.offset <= feed.taken) continue;
    if (event.offset > feed.taken + 1) return false;
    feed.held = isNewer(event);
    if (feed.held) return true;
    feed.taken = event.offset;
    if (event.type === "member.left") out.memberLeft(event);
    feed.growing.happened(event);
    feed.pending.push(event);
  }
  return true;
}

/** Newer versions write what can't be read here: this process ends soon, and its pages keep the place that they have. */
export function isHeld(feed: Feed, levels: Pick<Levels, "isOutdated">): boolean {
  return feed.held || levels.isOutdated();
}

/** It may not know yet that it can't read on. */
export function hold(feed: Feed, levels: Pick<Levels, "reread">, log: Log): void {
  feed.held = true;
  log.warn("a newer version wrote in a room", { room: feed.id, after: feed.taken });
  levels.reread().catch((error) => log.warn("the level is not known", errorFields(error)));
}

/** Takes the words of what these delete out of what waits. @returns whether they delete anything */
export function eraseWaiting(feed: Feed, news: readonly RoomEvent[]): boolean {
  const deletions = deletionsAmong(news);
  if (deletions.size === 0) return false;
  feed.pending = [...erasedAmong(feed.pending)];
  feed.previous = feed.previous && erased(feed.previous, deletions);
  return true;
}

/** As if nothing had been taken but what was shown. @returns whether something was on its way, which goes no further: not all have been given it */
export function forgetWaiting(feed: Feed): boolean {
  clearTimeout(feed.timer);
  const wasLeaving = feed.leaving !== undefined;
  const taken = feed.audiences.page.shown();
  feed.growing.forget();
  Object.assign(feed, { stale: true, timer: undefined, pending: [], leaving: undefined, taken });
  if (wasLeaving) for (const audience of Object.values(feed.audiences)) audience.restart(audience.shown());
  return wasLeaving;
}

/** Clocks of two gateways may differ a little. */
export function secondsSince({ at }: RoomEvent): number {
  return Math.max(0, Date.now() - Date.parse(at)) / 1_000;
}

/** Of messages that are too old to be remembered, as soon as their places were read. */
export function tellRevised({ id, audiences }: Feed, out: AudienceOutput, revised: readonly Revision[]): void {
  const activity = activityOf(id, [], revised);
  if (activity === undefined) return;
  const frame = activityFrame(activity);
  out.publish(topics.activity(id), frame);
  audiences.page.publish(frame);
}
