/** Webhooks of rooms, and who is delivering what of the outgoing ones. */

import type { Hook, HookStanding, IncomingHook, OutgoingHook } from "../hook.ts";
import type { HookId, RoomId, UserId } from "../ids.ts";
import type { User } from "../user.ts";

export interface FoundHook {
  readonly hook: IncomingHook;
  /** Who it posts as. */
  readonly bot: User;
}

/** An outgoing hook that the claimer alone works on until `hook.nextTryAt`. */
export interface HookClaim {
  /** Of this claim, and of no other. */
  readonly lease: string;
  readonly hook: OutgoingHook;
  /** The secret that signs. */
  readonly sealed: string;
  /** The person who answers for the hook: its maker, or the owner of the bot that made it. */
  readonly owner: UserId;
}

/** How much one claim may take, so that no person, receiver or slowness has all places to itself. */
export interface ClaimLimits {
  readonly all: number;
  /** Of hooks that are slow (see isSlow). */
  readonly slow: number;
  /** Of one person's, those that the claimer has in flight included. */
  readonly perOwner: number;
  readonly inFlightByOwner: ReadonlyMap<UserId, number>;
  /** To one host (see hostOf), those that the claimer has in flight included. */
  readonly perHost: number;
  readonly inFlightByHost: ReadonlyMap<string, number>;
}

export interface HookStore {
  /** @throws ChatError conflict when the id stands for a hook already, or the room has maxHooksPerRoom, however many come at once. */
  createIncoming(hook: IncomingHook, hash: string): Promise<void>;
  /** @throws ChatError conflict as createIncoming: both kinds share the limit. */
  createOutgoing(hook: OutgoingHook, sealed: string): Promise<void>;
  byHash(hash: string): Promise<FoundHook | undefined>;
  /** Newest first. */
  listOf(room: RoomId): Promise<readonly Hook[]>;
  /** @returns whether the room had it. Who delivers it at the moment is not told: their claim is void. */
  remove(room: RoomId, id: HookId): Promise<boolean>;
  /** On, where it stopped, due at `at`, without failures, and of `maker` from then on. @returns undefined when the room has no such outgoing hook */
  switchOn(room: RoomId, id: HookId, maker: UserId, at: string): Promise<OutgoingHook | undefined>;

  /**
   * Claims hooks that are due at `now`: those that are on while the store has events of their room after their position, and those
   * whose maker is yet to be told that they are off. In turns: the first of each owner before the second of any, among those the longest
   * waiting first; each for one claimer.
   */
  claim(now: string, until: string, lease: string, limits: ClaimLimits): Promise<readonly HookClaim[]>;
  /**
   * How the hook stands now. `lease` stays valid until `nextTryAt` when `keep`; else the claim ends.
   * @returns false when the claim was not valid any more: nothing has changed.
   */
  settle(id: HookId, lease: string, standing: HookStanding, keep: boolean): Promise<boolean>;
}
