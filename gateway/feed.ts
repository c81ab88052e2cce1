/** What the hub keeps of one room that it follows. */
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Ports, Unsubscribe } from "#domain/ports/index.ts";
import { followGrowing, type GrowingRoom, type GrownSignal } from "./growing.ts";

export interface Feed {
  readonly id: RoomId;
  readonly growing: GrowingRoom;
  epoch: string;
  /** Offset of the newest event taken in. */
  taken: number;
  /** Offset of the newest event published. */
  shown: number;
  /** The newest shown entry: decides how the next one is grouped. */
  previous: RoomEvent | undefined;
  pending: RoomEvent[];
  followers: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  idleSince: number;
  repairing: boolean;
  renewing: boolean;
  ready: Promise<void>;
  unsubscribe: Unsubscribe[];
}

/** Nothing of the room is known yet. */
export function createFeed(id: RoomId, ports: Pick<Ports, "growing">, tell: (grown: GrownSignal) => void): Feed {
  return {
    id,
    growing: followGrowing(ports, id, tell),
    epoch: "",
    taken: 0,
    shown: 0,
    previous: undefined,
    pending: [],
    followers: 0,
    timer: undefined,
    idleSince: 0,
    repairing: false,
    renewing: false,
    ready: Promise.resolve(),
    unsubscribe: [],
  };
}
