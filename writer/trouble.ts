/** What the writer tells whoever operates it, and how a log line says it. It writes no log itself. */
import type { LoggedEvent } from "#domain/events.ts";

/** Most requests that one line names. */
const maxNamedRequests = 5;

export type WriterTrouble =
  /** Something is away; tried again after the pause, with the same events in hand. */
  | {
      readonly type: "retry";
      readonly error: unknown;
      readonly pauseMs: number;
      readonly events: number;
      readonly requestIds: readonly string[];
    }
  | {
      readonly type: "dead-letter";
      readonly event: LoggedEvent;
      readonly requestId: string | undefined;
      readonly reason: unknown;
    };

/** @param inWords how an error is said */
export function troubleFields(
  trouble: WriterTrouble,
  inWords: (error: unknown) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (trouble.type === "retry") {
    const { pauseMs, events, requestIds, error } = trouble;
    return { pauseMs: Math.round(pauseMs), events, requestIds, ...inWords(error) };
  }
  const { event, requestId, reason } = trouble;
  return { event: event.id, room: event.room, requestId, ...inWords(reason) };
}

/** The requests that the first events of a batch came by. */
export function requestsOf(
  batch: readonly LoggedEvent[],
  requestOf: (event: LoggedEvent) => string | undefined,
): readonly string[] {
  const named = new Set<string>();
  for (const event of batch) {
    const request = requestOf(event);
    if (request !== undefined) named.add(request);
    if (named.size === maxNamedRequests) break;
  }
  return [...named];
}
