/**
 * Group commit: while one send is on its way the next records gather, then go together. There is never a second send beside
 * the first, since concurrent idempotent sends of kafkajs lose acknowledged records when a broker dies
 * (docs/adr/0007-kafka-log.md). What was tried once is tried again, unchanged and before anything else, until the log has it.
 */
import { ChatError, unavailable } from "#domain/errors.ts";
import { pauseAfter } from "./back-off.ts";
import type { OutgoingRecord } from "./record.ts";
import type { Report } from "./trouble.ts";

export const commitLimits = {
  /** Most records held, on their way or waiting; further ones are refused at once. */
  maxHeldRecords: 10_000,
  /** Most bytes held. */
  maxHeldBytes: 64 * 1024 * 1024,
  /** Most records of one send. */
  maxBatchRecords: 1_000,
  /** Most bytes of one send, below the 1 MiB a broker takes by default. One larger record is refused. */
  maxBatchBytes: 900 * 1024,
  /** An append that is not settled after this long is refused; its record may still become durable. */
  appendDeadlineMs: 15_000,
};

export type CommitLimits = Readonly<typeof commitLimits>;

/** What a record costs beside its text, generously. */
const recordOverheadBytes = 100;
/** How late the deadline of an append may be noticed. */
const sweepMs = 250;

/** What of a send is not known to be durable; the rest of it is, and would be in the log twice if it were sent again. */
export class SentInPart extends Error {
  override readonly name: string = "SentInPart";
  constructor(
    readonly missing: readonly OutgoingRecord[],
    options?: ErrorOptions,
  ) {
    super(`${missing.length} records are not known to be in the log.`, options);
  }
}

/** The broker answered that it never takes these records together. None may be lost with the others: each is tried alone. */
export class RecordsRefused extends SentInPart {
  override readonly name = "RecordsRefused";
}

export interface GroupCommit {
  /** Resolves once the record is durable. @throws ChatError unavailable, or too-large for a record that never fits */
  append(record: OutgoingRecord): Promise<void>;
  held(): { readonly records: number; readonly bytes: number };
  /** Takes nothing more, and returns when everything held is durable or refused. */
  close(): Promise<void>;
}

interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  settled: boolean;
}

export interface CommitOptions {
  /** @throws SentInPart for those that are not known to be durable, RecordsRefused if they never will; anything else: for all */
  readonly send: (records: readonly OutgoingRecord[]) => Promise<void>;
  readonly limits?: Partial<CommitLimits>;
  readonly report: Report;
}

export function createGroupCommit({ send, report, ...options }: CommitOptions): GroupCommit {
  const limits: CommitLimits = { ...commitLimits, ...options.limits };
  let closed = false;
  const queue: Waiting[] = [];
  let onTheirWay: readonly Waiting[] = [];
  let heldBytes = 0;
  let running: Promise<void> | undefined;

  async function append(record: OutgoingRecord): Promise<void> {
    if (closed) throw unavailable("The server is shutting down; the message was not sent yet.");
    const bytes = bytesOf(record);
    if (bytes > limits.maxBatchBytes) throw new ChatError("too-large", "This is too large to be sent.");
    if (queue.length + onTheirWay.length >= limits.maxHeldRecords || heldBytes + bytes > limits.maxHeldBytes)
      throw unavailable("Too much is being sent at once; try again in a moment.");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const deadline = performance.now() + limits.appendDeadlineMs;
    queue.push({ record, bytes, deadline, resolve, reject, settled: false });
    heldBytes += bytes;
    wake();
    return promise;
  }

  function wake(): void {
    if (running !== undefined) return;
    const sweeper = setInterval(sweep, Math.min(sweepMs, limits.appendDeadlineMs));
    running = run().finally(() => {
      clearInterval(sweeper);
      running = undefined;
      if (queue.length > 0) wake();
    });
  }

  async function run(): Promise<void> {
    // One turn of the microtask queue, so that appends made together travel together.
    await undefined;
    while (queue.length > 0) {
      onTheirWay = take();
      await sendUntilTaken(onTheirWay);
      for (const { bytes } of onTheirWay) heldBytes -= bytes;
      onTheirWay = [];
    }
  }

  function take(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const waiting of queue) {
      bytes += waiting.bytes;
      if (count === limits.maxBatchRecords || bytes > limits.maxBatchBytes) break;
      count += 1;
    }
    return queue.splice(0, count);
  }

  async function sendUntilTaken(batch: readonly Waiting[]): Promise<void> {
    for (let [rest, failures] = [batch, 1]; ; failures += 1) {
      try {
        await send(rest.map(({ record }) => record));
        for (const waiting of rest) settle(waiting, waiting.resolve);
        return;
      } catch (error) {
        if (error instanceof SentInPart) rest = settleWritten(rest, new Set(error.missing));
        if (error instanceof RecordsRefused) return sendEachAlone(rest, error);
        const pauseMs = pauseAfter(failures);
        report({ type: "send-failed", error, records: rest.length, pauseMs });
        await Bun.sleep(pauseMs);
        if (closed && rest.every(({ settled }) => settled)) return;
      }
    }
  }

  /** @returns what is missing, in its order */
  function settleWritten(batch: readonly Waiting[], missing: ReadonlySet<OutgoingRecord>): readonly Waiting[] {
    const [rest, written] = [true, false].map((still) => batch.filter(({ record }) => missing.has(record) === still));
    for (const waiting of written ?? []) settle(waiting, waiting.resolve);
    return rest ?? [];
  }

  async function sendEachAlone(batch: readonly Waiting[], refusal: RecordsRefused): Promise<void> {
    const [only, another] = batch;
    if (only !== undefined && another === undefined) {
      const refused = new ChatError("too-large", "The log does not take this.", { cause: refusal });
      return settle(only, () => only.reject(refused));
    }
    for (const waiting of batch) await sendUntilTaken([waiting]);
  }

  /** All have the same time, so the oldest are the first to be late. What is on its way stays there, to be sent again. */
  function sweep(): void {
    const now = performance.now();
    const late = (waiting: Waiting) => waiting.deadline <= now;
    for (const waiting of onTheirWay.filter(late)) settle(waiting, () => waiting.reject(tooLate()));
    const count = queue.findIndex((waiting) => !late(waiting));
    for (const waiting of queue.splice(0, count === -1 ? queue.length : count)) {
      heldBytes -= waiting.bytes;
      settle(waiting, () => waiting.reject(tooLate()));
    }
  }

  async function close(): Promise<void> {
    closed = true;
    while (running !== undefined) await running;
  }

  return { append, close, held: () => ({ records: queue.length + onTheirWay.length, bytes: heldBytes }) };
}

function settle(waiting: Waiting, how: () => void): void {
  if (waiting.settled) return;
  waiting.settled = true;
  how();
}

function tooLate(): ChatError {
  return unavailable("The message could not be stored in time; it is safe to send it again.");
}

function bytesOf({ key, value, headers }: OutgoingRecord): number {
  const extra = Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);
  return Buffer.byteLength(key) + value.length + extra + recordOverheadBytes;
}
