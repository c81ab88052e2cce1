/** What the hub keeps of one room that it follows. */
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Ports, Unsubscribe } from "#domain/ports/index.ts";
import { type Audience, type AudienceOutput, createAudience } from "./audience.ts";
import { activityFrame, activityOf, grownFrame } from "./frames.ts";
import { followGrowing, type GrowingRoom, type GrownSignal } from "./growing.ts";
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
  repairing: boolean;
  renewing: boolean;
  /** Undefined while nothing is on its way to the audiences. */
  leaving: object | undefined;
  ready: Promise<void>;
  unsubscribe: Unsubscribe[];
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
    repairing: false,
    renewing: false,
    leaving: undefined,
    ready: Promise.resolve(),
    unsubscribe: [],
  };
}

/** Of messages that are too old to be remembered, as soon as their places were read. */
export function tellRevised({ id, audiences }: Feed, out: AudienceOutput, revised: readonly Revision[]): void {
  const activity = activityOf(id, [], revised);
  if (activity === undefined) return;
  const frame = activityFrame(activity);
  out.publish(topics.activity(id), frame);
  audiences.page.publish(frame);
}
