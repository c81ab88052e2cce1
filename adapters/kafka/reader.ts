/**
 * Reads the partitions a consumer was given: finds where each goes on, decodes, hands over, and moves on only after the
 * handler has. Whatever goes wrong, a partition goes on from where the store says it is.
 */
import type { Consumer, EachBatchPayload, KafkaMessage } from "kafkajs";
import type { LoggedEvent } from "#domain/events.ts";
import type { BatchHandler, ConsumeOptions, Levels } from "#domain/ports/index.ts";
import { pause, pauseAfter, within } from "./back-off.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { partitionName } from "./partitions.ts";
import { createPositionHints, hintLimitMs } from "./position-hints.ts";
import { decodeEvent } from "./record.ts";
import { levelsAmong } from "./record-levels.ts";
import type { Report } from "./trouble.ts";

/** Most events handed over at once. */
export const maxHandedEvents = 1_000;
/** While the handler works the group hears from this consumer this often. */
const heartbeatMs = 1_500;
/**
 * A reader that has taken all there was waits for so long before it asks for more: what comes meanwhile is one batch. A record
 * that comes after a pause waits for nothing.
 */
const gatherMs = 10;

export interface ReaderOptions {
  readonly topic: string;
  readonly handler: BatchHandler;
  /** Without it partitions go on where the consumer group was. */
  readonly positions?: ConsumeOptions["positions"] | undefined;
  readonly deadLetters: DeadLetters;
  readonly levels: Pick<Levels, "mayExist">;
  /** There are records that only newer versions can read: this reader must leave them to others. */
  readonly onOutdated: (level: number) => void;
  /** By partition, how much the log has that was not taken yet; kept up to date here. */
  readonly behind: Map<string, number>;
  readonly stop: AbortSignal;
  readonly report: Report;
}

export interface Reader {
  /** The group gave this consumer these partitions, and took away all others. Returns before any record is read. */
  assign(partitions: readonly number[]): void;
  take(payload: EachBatchPayload): Promise<void>;
  /** Resolves when no batch is in the handler. */
  idle(): Promise<void>;
}

export function createReader(consumer: Consumer, options: ReaderOptions): Reader {
  const { topic, handler, positions, deadLetters, levels, behind, stop, report } = options;
  /** The next offset by partition. Missing: not known yet, so nothing is read. Undefined: wherever the group stands. */
  const next = new Map<number, number | undefined>();
  /** When a partition could be fetched again: what is taken next was fetched later. */
  const freeSince = new Map<number, number>();
  const failures = new Map<number, number>();
  const inHand = new Map<number, Promise<void>>();
  const hints = createPositionHints(consumer, topic);
  let assignment = 0;

  function assign(partitions: readonly number[]): void {
    assignment += 1;
    next.clear();
    behind.clear();
    hints.forget();
    consumer.pause([{ topic, partitions: [...partitions] }]);
    for (const partition of partitions) void place(partition, assignment);
  }

  /** Asks the store, seeks, and lets the partition be read; tries again until it knows or the partition is someone else's. */
  async function place(partition: number, mine: number, pauseMs = 0, groupOffset?: number): Promise<void> {
    const isOver = () => mine !== assignment || stop.aborted;
    await pause(pauseMs, stop);
    for (;;) {
      // A batch still in the handler moves the position when it is done.
      await inHand.get(partition)?.catch(() => undefined);
      if (isOver()) return;
      try {
        const at = positions === undefined ? groupOffset : ((await positions(partitionName(topic, partition))) ?? 0);
        if (isOver()) return;
        if (at !== undefined) consumer.seek({ topic, partition, offset: String(at) });
        next.set(partition, at);
        freeSince.set(partition, performance.now());
        return consumer.resume([{ topic, partitions: [partition] }]);
      } catch (error) {
        await pause(failed(partition, error), stop);
      }
    }
  }

  async function take(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    const work = read(payload);
    inHand.set(partition, work);
    try {
      await work;
    } finally {
      inHand.delete(partition);
      freeSince.set(partition, performance.now());
    }
  }

  async function read({ batch, ...group }: EachBatchPayload): Promise<void> {
    const { partition, messages } = batch;
    const name = partitionName(topic, partition);
    const mine = assignment;
    const fetchedAfter = freeSince.get(partition);
    let isMember = true;
    const heartbeat = setInterval(() => {
      group.heartbeat().catch(() => {
        isMember = false;
      });
    }, heartbeatMs);
    const goesOn = () =>
      isMember && mine === assignment && next.has(partition) && group.isRunning() && !group.isStale();
    try {
      for (let start = 0; start < messages.length && goesOn(); start += maxHandedEvents) {
        const part = messages.slice(start, start + maxHandedEvents);
        const [first, to] = [offsetOf(part[0]), offsetOf(part.at(-1)) + 1];
        const from = next.get(partition) ?? first;
        behind.set(name, Math.max(0, Number(batch.highWatermark) - from));
        if (first !== from) report({ type: "gap", partition: name, expected: from, found: first });
        const events = await decode(part, name);
        const endSeenAt = to >= Number(batch.highWatermark) ? fetchedAfter : undefined;
        const span = { partition: name, from, to, ...(endSeenAt !== undefined && { endSeenAt }) };
        if (events.length > 0 || positions !== undefined) await handler(events, span);
        if (mine !== assignment) return;
        next.set(partition, to);
        behind.set(name, Math.max(0, Number(batch.highWatermark) - to));
        failures.delete(partition);
        group.resolveOffset(String(to - 1));
        if (positions === undefined) await commit(group, partition, to);
        else hints.note(partition, to);
        if (endSeenAt !== undefined) await pause(gatherMs, stop);
      }
    } catch (error) {
      if (error instanceof NewerRecord) {
        report({ type: "outdated", level: error.level, source: error.source });
        // It is not fetched again while the others end.
        next.delete(partition);
        consumer.pause([{ topic, partitions: [partition] }]);
        return options.onOutdated(error.level);
      }
      startOver(partition, mine, error, next.get(partition) ?? offsetOf(messages[0]));
    } finally {
      clearInterval(heartbeat);
    }
  }

  /**
   * Puts aside what is no event; only when that is durable does the partition move on.
   * @throws NewerRecord before anything is put aside
   */
  async function decode(part: readonly KafkaMessage[], name: string): Promise<readonly LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    const { unwritten, newer } = await levelsAmong(part, levels);
    if (newer !== undefined) throw new NewerRecord(newer.level, `${name}/${newer.record.offset}`);
    for (const message of part) {
      try {
        events.push(decodeEvent(message, unwritten));
      } catch (error) {
        await refuse(message, `${name}/${message.offset}`, error);
      }
    }
    return events;
  }

  async function refuse({ key, value, headers }: KafkaMessage, source: string, error: unknown): Promise<void> {
    const reason = `This is no event: ${error instanceof Error ? error.message : String(error)}.`;
    await deadLetters.put({ key: key?.toString() ?? "", value: value ?? Buffer.alloc(0), headers, reason, source });
    report({ type: "record-refused", reason, source });
  }

  function startOver(partition: number, mine: number, error: unknown, groupOffset: number): void {
    if (mine !== assignment || stop.aborted) return;
    next.delete(partition);
    const pauseMs = failed(partition, error);
    consumer.pause([{ topic, partitions: [partition] }]);
    void place(partition, mine, pauseMs, groupOffset);
  }

  function failed(partition: number, error: unknown): number {
    const count = (failures.get(partition) ?? 0) + 1;
    failures.set(partition, count);
    const pauseMs = pauseAfter(count);
    report({ type: "batch-failed", error, partition: partitionName(topic, partition), pauseMs });
    return pauseMs;
  }

  /** Where the store does not say how far this is. */
  async function commit(group: Pick<EachBatchPayload, "commitOffsetsIfNecessary">, partition: number, to: number) {
    const partitions = [{ partition, offset: String(to) }];
    const committed = group.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
    await within(hintLimitMs, "A commit", committed).catch(() => undefined);
  }

  async function idle(): Promise<void> {
    await Promise.allSettled(inHand.values());
    await hints.flush();
  }

  return { assign, take, idle };
}

class NewerRecord extends Error {
  override readonly name = "NewerRecord";

  constructor(
    readonly level: number,
    readonly source: string,
  ) {
    super(`${source} has level ${level}`);
  }
}

function offsetOf(message: KafkaMessage | undefined): number {
  if (message === undefined) throw new Error("An empty batch was handed over.");
  return Number(message.offset);
}
