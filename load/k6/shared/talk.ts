/** Somebody who says something now and then, and thinks in between. */
import type { Member } from "./member.ts";
import { about, wait, waitUntil } from "./waiting.ts";

interface Pace {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Seconds between two messages, on average. */
  readonly thinkS: number;
}

/** In one of the rooms at a time. Resolves when the time is over and the last message acked. */
export async function talk(member: Member, rooms: readonly string[], { fromMs, untilMs, thinkS }: Pace): Promise<void> {
  const thinkMs = thinkS * 1_000;
  await waitUntil(Math.min(untilMs, fromMs + Math.random() * thinkMs));
  while (Date.now() < untilMs) {
    await member.post(rooms[Math.floor(Math.random() * rooms.length)] ?? "");
    const pauseMs = about(thinkMs);
    await wait(Math.min(pauseMs, untilMs - Date.now()));
  }
}
