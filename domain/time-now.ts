/** The time as events, rooms and sign-ins bear it. */
import type { Clock } from "./ports/clock.ts";

/** RFC 3339 in UTC, with milliseconds. */
export function timeNow({ clock }: { readonly clock: Clock }): string {
  return new Date(clock.now()).toISOString();
}
