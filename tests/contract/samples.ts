/** People, rooms and events for the suites of ports below the stores: fresh ids, nothing stored anywhere. */
import type { LoggedEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Author, User } from "#domain/user.ts";

export function sampleRoom(): RoomId {
  return Bun.randomUUIDv7() as RoomId;
}

export function samplePerson(name = "Ada"): Author {
  return { id: Bun.randomUUIDv7() as UserId, name };
}

const ada = samplePerson();

/** Who wrote the posts below, for stores that want to know. */
export const sampleAuthor: User = { ...ada, kind: "person", createdAt: new Date(0).toISOString() };

export function samplePost(
  room: RoomId,
  text: string,
  { author = ada, id = Bun.randomUUIDv7() as EventId } = {},
): LoggedEvent {
  return { id, room, author, at: new Date().toISOString(), type: "message.posted", text, mentions: [] };
}

export function samplePosts(room: RoomId, count: number, start = 1): LoggedEvent[] {
  return Array.from({ length: count }, (_, index) => samplePost(room, `message ${start + index}`));
}

/** Waits for what must come true soon; fails with a name, not with a time-out of the runner. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 5_000,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Did not happen within ${deadlineMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
