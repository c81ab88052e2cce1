/**
 * Takes the log batch by batch: gives each event its offset, stores it, confirms it. Works per batch, never per event, except
 * to find the one event a store refuses. Knows neither technology nor process: main.ts opens the ports.
 */

import { whileUnavailable } from "#domain/back-off.ts";
import { FencedError, isChatError } from "#domain/errors.ts";
import { discarded, type LoggedEvent, type RoomEvent } from "#domain/events.ts";
import type { LogSpan, Ports } from "#domain/ports/index.ts";
import { idTaken } from "#domain/record-event.ts";
import { fillerId, type Placed, runsOf, sortPublished } from "./batch.ts";
import { measuredPorts } from "./measured-ports.ts";
import { requestsOf, type WriterTrouble } from "./trouble.ts";

/** Without metrics nothing is counted. */
export type WriterPorts = Pick<Ports, "log" | "stream" | "events"> & Partial<Pick<Ports, "metrics">>;

export interface WriterOptions {
  /** Hears of every retry and every dead letter. */
  readonly report?: (what: WriterTrouble) => void;
  /** Hears of everything that was stored. */
  readonly onStored?: (placed: readonly Placed[]) => void;
  readonly firstPauseMs?: number;
  readonly random?: () => number;
}

/** Since the start of this writer. */
export interface WriterCounters {
  readonly batches: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly retries: number;
}

export interface Writer extends AsyncDisposable {
  readonly counters: WriterCounters;
  /** Finishes what the log hands over, without further retries; what can't be stored then is not acked. */
  close(): Promise<void>;
}

export async function startWriter(ports: WriterPorts, options: WriterOptions = {}): Promise<Writer> {
  const { metrics } = ports;
  const { log, stream, events } = metrics === undefined ? ports : measuredPorts(ports, metrics);
  const requestOf = (event: LoggedEvent) => log.requestOf?.(event);
  const inHand = new Set<readonly LoggedEvent[]>();
  const counters = { batches: 0, stored: 0, deadLettered: 0, retries: 0 };
  const stopping = new AbortController();

  async function take(batch: readonly LoggedEvent[], span?: LogSpan): Promise<void> {
    inHand.add(batch);
    try {
      await write(batch, span);
    } finally {
      inHand.delete(batch);
    }
  }

  async function write(batch: readonly LoggedEvent[], span?: LogSpan): Promise<void> {
    // A log that outlives the process may hold an event twice, long after the stream has forgotten its id.
    const news = span === undefined ? batch : await notStored(batch);
    const placed = await place(news);
    await openShortCut(batch, span);
    const stored = await store(placed, span).catch(async (error: unknown) => {
      // Overtaken, or its own commit had gone through and only the answer was lost: stored either way.
      if (span !== undefined && error instanceof FencedError && (await isStored(span))) await confirm(batch);
      throw error;
    });
    await confirm(news === batch ? stored : [...stored, ...batch.filter((event) => !news.includes(event))]);
    counters.batches += 1;
  }

  const confirm = (stored: readonly LoggedEvent[]) => insist(() => stream.confirm(stored));
  const isStored = async ({ partition, to }: LogSpan) => ((await events.position(partition)) ?? 0) >= to;

  /** Without those the store has in their room: the same event again, or one whose id was taken. */
  async function notStored(batch: readonly LoggedEvent[]): Promise<readonly LoggedEvent[]> {
    const refs = await insist(() => events.findAll(batch.map(({ id }) => id)));
    if (refs.size === 0) return batch;
    const others = batch.filter(({ id, room, author }) => {
      const ref = refs.get(id);
      return ref?.room === room && ref.author !== author.id;
    });
    for (const event of others) await setAside(event, idTaken());
    // One whose id stands in another room goes on: it may have an offset here already, which has to be filled.
    return batch.filter(({ id, room }) => refs.get(id)?.room !== room);
  }

  /** Offsets for the batch, without the events that can't have one. */
  async function place(batch: readonly LoggedEvent[]): Promise<readonly Placed[]> {
    return untilAlone(batch, sequence, async (event, reason) => {
      await setAside(event, reason);
      return [];
    });
  }

  /** With the end of the log, gateways need not wait for us any more. */
  async function openShortCut(batch: readonly LoggedEvent[], { endSeenAt }: Partial<LogSpan> = {}): Promise<void> {
    if (endSeenAt === undefined) return;
    const rooms = [...new Set(batch.map(({ room }) => room))];
    await insist(() => stream.caughtUp(rooms, endSeenAt));
  }

  async function sequence(batch: readonly LoggedEvent[]): Promise<readonly Placed[]> {
    const { placed, taken } = sortPublished(batch, await insist(() => stream.publish(batch)));
    for (const event of taken) await setAside(event, idTaken());
    return placed;
  }

  /** @returns the events as they are stored. */
  async function store(placed: readonly Placed[], span: LogSpan | undefined): Promise<readonly RoomEvent[]> {
    if (span === undefined) return await storeInParts(placed);
    try {
      return await commit(placed, span);
    } catch (error) {
      if (isFinal(error)) throw error;
    }
    // The parts first: what is stored is known again if this ends before the position has moved.
    const stored = await storeInParts(placed);
    await commit([], span);
    return stored;
  }

  async function storeInParts(placed: readonly Placed[]): Promise<readonly RoomEvent[]> {
    return untilAlone(
      placed,
      (part) => commit(part),
      async (refused, reason) => {
        await setAside(refused.logged, reason);
        return [await fillPlace(refused)];
      },
    );
  }

  async function commit(placed: readonly Placed[], span?: LogSpan): Promise<readonly RoomEvent[]> {
    if (placed.length > 0 || span !== undefined) await insist(() => events.write(runsOf(placed), span));
    counters.stored += placed.length;
    options.onStored?.(placed);
    return placed.map(({ event }) => event);
  }

  /**
   * The offset is given away, so something has to stand there: under the event's own id, or where that belongs to another
   * event, under one derived from it. If the store refuses even that, the event is in the dead letters.
   */
  async function fillPlace({ logged, event, epoch }: Placed): Promise<RoomEvent> {
    const filler = { ...discarded(event), offset: event.offset };
    for (const id of [filler.id, fillerId(event)]) {
      try {
        await commit([{ logged, event: { ...filler, id }, epoch }]);
        break;
      } catch (error) {
        if (isFinal(error)) throw error;
      }
    }
    return filler;
  }

  async function setAside(event: LoggedEvent, reason: unknown): Promise<void> {
    await insist(() => log.deadLetter(event, reason));
    counters.deadLettered += 1;
    options.report?.({ type: "dead-letter", event, requestId: requestOf(event), reason });
  }

  function insist<T>(work: () => Promise<T>): Promise<T> {
    const onRetry = (error: unknown, pauseMs: number) => {
      counters.retries += 1;
      metrics?.count("superchat_writer_retries_total");
      const waiting = [...inHand].flat();
      const requestIds = requestsOf(waiting, requestOf);
      options.report?.({ type: "retry", error, pauseMs, events: waiting.length, requestIds });
    };
    return whileUnavailable(work, { ...options, stop: stopping.signal, onRetry });
  }

  const consumer = await log.consume(take, { positions: (partition) => events.position(partition) });

  async function close(): Promise<void> {
    stopping.abort();
    await consumer.stop();
  }

  return { counters, close, [Symbol.asyncDispose]: close };
}

/**
 * Does the work on all items at once; if that is refused, on each half in order, until the refused ones are alone.
 * Being unavailable or overtaken is no refusal: it ends everything.
 */
async function untilAlone<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  refuse: (item: Item, reason: unknown) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  try {
    return await work(items);
  } catch (error) {
    const [first, second] = items;
    if (isFinal(error) || first === undefined) throw error;
    if (second === undefined) return refuse(first, error);
    const middle = Math.ceil(items.length / 2);
    const older = await untilAlone(items.slice(0, middle), work, refuse);
    return [...older, ...(await untilAlone(items.slice(middle), work, refuse))];
  }
}

function isFinal(error: unknown): boolean {
  return isChatError(error, "unavailable") || error instanceof FencedError;
}
