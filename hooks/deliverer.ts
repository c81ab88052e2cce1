/**
 * Sends what happens in rooms to their outgoing webhooks: in order, at least once, and from where each one stopped, since a
 * hook's position moves only when the receiver has taken what was before it. Any number of deliverers share the work by claims.
 */
import { pauseAfter } from "#domain/back-off.ts";
import { isChatError } from "#domain/errors.ts";
import type { RoomEvent } from "#domain/events.ts";
import { type HookStanding, isSlow, type OutgoingHook } from "#domain/hook.ts";
import type { EventId } from "#domain/ids.ts";
import type { HookClaim, Ports, Sealer } from "#domain/ports/index.ts";
import { readEvents } from "#domain/read-history.ts";
import { freshly } from "#domain/standstill.ts";
import { type Batch, batchOf, maxBatchBytes, maxBatchEvents, unbroken } from "./batch.ts";
import { type NoticePorts, tellMaker } from "./notice.ts";
import { afterRefused, afterTaken, outcomeOf, switchedOff, timeOf } from "./outcome.ts";
import { createPlaces } from "./places.ts";
import { signedHeaders } from "./signature.ts";

export type DelivererPorts = NoticePorts & Pick<Ports, "hooks" | "webhooks" | "metrics">;

export interface DelivererOptions {
  readonly sealer: Sealer;
  /** Something went wrong that is no receiver's fault. */
  readonly report?: (what: string, error: unknown) => void;
  readonly tickMs?: number;
  /** How often it looks while nothing has been due for a while; for whoever calls `wake`. Default: as often as ever. */
  readonly restMs?: number;
  readonly random?: () => number;
}

export interface Deliverer extends AsyncDisposable {
  /** Something was stored: it is looked for within the next tick. */
  wake(): void;
  /** Claims nothing more. What is on its way has a moment to end; what has not is sent again by whoever claims it next. */
  close(): Promise<void>;
}

/** How often it looks for what is due. */
const tickMs = 1_000;
const longestTickMs = 30_000;
/** For so long after something was due, or stored, it looks as often as ever: what failed comes again soon. */
const restlessMs = 60_000;
/** For a process in which all that is stored wakes it. Nothing wakes it when a webhook is switched on: that waits this long. */
export const restMs = 5_000;
/** Longer than a try may take, looking up the name included. */
const leaseMs = 60_000;
/** Nothing is sent on an older lease: it might end before the try does, and another be further by then. */
const oldLeaseMs = 30_000;
/** After so many batches in a row, or so long, the next hook has its turn. */
const maxBatchesPerClaim = 50;
const maxClaimMs = 5_000;
/** How often a hole is met before it is taken for one that stays: its event lost its place with its epoch. */
export const maxHoleSights = 30;
const troublePauseMs = 5_000;
const closeWithinMs = 3_000;

export function startDeliverer(ports: DelivererPorts, options: DelivererOptions): Deliverer {
  const { sealer, random = Math.random, report = () => undefined } = options;
  const active = new Set<Promise<void>>();
  const places = createPlaces();
  const holes = new Map<string, number>();
  let stopping = false;
  let failures = 0;
  let round: Promise<void> = Promise.resolve();
  let restlessUntil = 0;
  let isResting = false;
  let timer = setTimeout(tick, 0);

  function tick(): void {
    isResting = false;
    round = claimDue().finally(() => {
      if (!stopping) pause();
    });
  }

  function pause(): void {
    const base = options.tickMs ?? tickMs;
    isResting = failures === 0 && options.restMs !== undefined && performance.now() > restlessUntil;
    const calmMs = isResting ? (options.restMs ?? base) : base;
    timer = setTimeout(tick, failures === 0 ? calmMs : pauseAfter(failures, base, random, longestTickMs));
  }

  function wake(): void {
    restlessUntil = performance.now() + restlessMs;
    if (!isResting || stopping) return;
    clearTimeout(timer);
    tick();
  }

  async function claimDue(): Promise<void> {
    const free = places.free();
    if (free === undefined) return;
    const now = ports.clock.now();
    try {
      const claims = await ports.hooks.claim(timeOf(now), timeOf(now + leaseMs), ports.ids.next(), free);
      failures = 0;
      if (claims.length > 0) restlessUntil = performance.now() + restlessMs;
      for (const claim of claims) {
        const giveBack = places.take(claim);
        const work = serve(claim, now).finally(() => {
          giveBack();
          active.delete(work);
        });
        active.add(work);
      }
    } catch (error) {
      failures += 1;
      if (!stopping) report("webhooks are not looked at", error);
    }
  }

  /** Never fails: what can't be done now is done after a pause, by whoever claims it then. */
  async function serve({ hook, lease, sealed }: HookClaim, leasedAt: number): Promise<void> {
    let standing = hook;
    const settle = async (next: HookStanding, keep = false) => {
      standing = { ...standing, ...next };
      return await ports.hooks.settle(hook.id, lease, next, keep);
    };
    try {
      if (hook.notice !== undefined) await settle(await told(hook, hook.notice));
      else await deliver(hook, sealed, settle, leasedAt);
    } catch (error) {
      if (!stopping) report("a webhook was not served", error);
      const later = { ...standing, nextTryAt: timeOf(ports.clock.now() + troublePauseMs) };
      // Else the claim runs out by itself.
      await settle(later).catch(() => undefined);
    }
  }

  async function deliver(hook: OutgoingHook, sealed: string, settle: Settle, claimedAt: number): Promise<void> {
    const secret = await sealer.unseal(sealed);
    let standing: HookStanding = hook;
    const startedAt = performance.now();
    let leasedAt = claimedAt;
    for (let batches = 0; batches < maxBatchesPerClaim && !stopping; batches++) {
      // What is sent is what may be told at this moment, also where this process stood still since it was read.
      const read = await freshly(() => readNext(hook, standing.position));
      if (read === "left") return void (await settle(switchedOff(standing, leftFailure(), { notice: newNotice() })));
      if (ports.clock.now() - leasedAt >= oldLeaseMs) break;
      const batch = nextBatch(hook, standing.position, read);
      if (batch === undefined) break;
      const sentAt = performance.now();
      const headers = signedHeaders(secret, batch.id, batch.body, ports.clock.now());
      const receipt = await ports.webhooks.send({ url: hook.url, headers, body: batch.body });
      const outcome = outcomeOf(receipt);
      const moment = {
        nowMs: ports.clock.now(),
        tookMs: Math.round(performance.now() - sentAt),
        random,
        notice: newNotice(),
      };
      ports.metrics.count("superchat_hooks_tries_total", 1, outcome);
      if (outcome !== "taken") return void (await settle(afterRefused(standing, receipt, moment)));
      standing = afterTaken(standing, batch.to, moment);
      if (isSlow(standing)) return void (await settle(standing));
      // Saved before the next batch: whoever goes on from here sends as little twice as can be.
      leasedAt = ports.clock.now();
      const leased = { ...standing, nextTryAt: timeOf(leasedAt + leaseMs) };
      if (!(await settle(leased, true))) return;
      if (performance.now() - startedAt >= maxClaimMs) break;
    }
    await settle({ ...standing, nextTryAt: timeOf(ports.clock.now()) });
  }

  /** "left" when who made the hook may not read the room any more. */
  async function readNext(hook: OutgoingHook, position: number): Promise<readonly RoomEvent[] | "left"> {
    const access = await ports.rooms.access(hook.room, hook.createdBy);
    if (access?.membership === undefined) return "left";
    return (await readEvents(ports, access.room, position, maxBatchEvents, maxBatchBytes)).events;
  }

  /** Undefined when there is nothing to send right now. Counts a hole: once for what was read, however often that took. */
  function nextBatch(hook: OutgoingHook, position: number, events: readonly RoomEvent[]): Batch | undefined {
    const whole = unbroken(events, position);
    const [first] = events;
    if (first === undefined) return undefined;
    if (whole.length > 0) {
      holes.delete(hook.id);
      return batchOf(hook.id, hook.room, whole);
    }
    const sights = (holes.get(hook.id) ?? 0) + 1;
    holes.set(hook.id, sights);
    if (sights < maxHoleSights) return undefined;
    holes.delete(hook.id);
    return batchOf(hook.id, hook.room, unbroken(events, first.offset - 1));
  }

  /** A maker who can't be told is told by the page alone. */
  async function told(hook: OutgoingHook, notice: EventId): Promise<HookStanding> {
    try {
      await tellMaker(ports, hook, notice);
    } catch (error) {
      if (!isChatError(error) || error.code === "unavailable" || error.code === "rate-limited") throw error;
      report("the maker of a webhook was not told", error);
    }
    const { notice: _told, ...rest } = hook;
    return rest;
  }

  const newNotice = () => ports.ids.next() as EventId;
  const leftFailure = () => ({
    at: timeOf(ports.clock.now()),
    reason: "The person who made it has left the room.",
  });

  const close = async () => {
    stopping = true;
    clearTimeout(timer);
    await round;
    await Promise.race([Promise.all(active), Bun.sleep(closeWithinMs)]);
  };
  return { wake, close, [Symbol.asyncDispose]: close };
}

type Settle = (next: HookStanding, keep?: boolean) => Promise<boolean>;
