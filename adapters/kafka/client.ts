/** How kafkajs is set up: patience, one form of log, and the settings that the fault tests were passed with. */
import { Kafka, type KafkaConfig, type LogEntry, logLevel } from "kafkajs";
import { calmRequestQueues } from "./request-queue.ts";
import type { Report } from "./trouble.ts";

/** Transport security of the brokers, as kafkajs takes it. */
export type KafkaSecurity = Pick<KafkaConfig, "ssl" | "sasl">;

export interface ClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security?: KafkaSecurity | undefined;
  /** Attempts within one call; default: few. */
  readonly retries?: number;
  readonly report: Report;
}

const connectionTimeoutMs = 3_000;
/** A broker that is silent for this long is taken for gone. */
export const requestTimeoutMs = 10_000;

/**
 * Every field is given: kafkajs takes other defaults when NODE_ENV is "test". Attempts within one call are few, since the
 * callers here try again themselves and want to hear of it.
 */
export const retry = { initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2, retries: 5 };

export function createClient({ brokers, clientId, security, report, retries = retry.retries }: ClientOptions): Kafka {
  calmRequestQueues();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...security,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: { ...retry, retries },
    logLevel: logLevel.WARN,
    logCreator: () => createLogRoute(report),
  });
}

/** While brokers are away kafkajs says the same several times a second; once in this time is enough. */
const sameAgainMs = 10_000;
const maxRecent = 100;

function createLogRoute(report: Report): (entry: LogEntry) => void {
  const recent = new Map<string, number>();
  return (entry) => {
    const now = performance.now();
    const { message } = entry.log;
    if (now - (recent.get(message) ?? Number.NEGATIVE_INFINITY) < sameAgainMs) return;
    if (recent.size >= maxRecent) recent.clear();
    recent.set(message, now);
    passOn(entry, report);
  };
}

function passOn({ level, log }: LogEntry, report: Report): void {
  if (expected.some((sentence) => log.message.startsWith(sentence))) return;
  const detail = log.error === undefined ? {} : { error: String(log.error) };
  report({ type: "client", level: level === logLevel.ERROR ? "error" : "warn", message: log.message, ...detail });
}

const expected = [
  // Of every idempotent producer whose attempts end; ours are sent again, by the same producer.
  "Limiting retries for the idempotent producer",
  // The send is made again at once, to who leads now.
  "Other brokers lead by now.",
  // Once for each batch in hand; that the group parts its partitions anew is said once more.
  "Response Heartbeat(",
];

/** The type a broker gave its refusal (for example MESSAGE_TOO_LARGE), from anywhere in the chain of causes. */
export function protocolTypeOf(error: unknown): string | undefined {
  for (let link = error; link instanceof Error; link = link.cause) {
    if ("type" in link && typeof link.type === "string") return link.type;
  }
  return undefined;
}

/** Whether the same call may go well later: so says kafkajs of the first cause, whatever it was wrapped in since. */
export function isRetriable(error: unknown): boolean {
  let first = error;
  while (first instanceof Error && first.cause instanceof Error) first = first.cause;
  return first instanceof Error && "retriable" in first && first.retriable === true;
}
