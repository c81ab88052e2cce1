/** A room's events as a program reads them page by page, and how the storm and its followers write one down to compare. */
import type { ApiPerson } from "./api-person.ts";

export interface SeenEvent {
  readonly id: string;
  readonly offset: number;
  readonly type: string;
  readonly text: string;
}

/** @throws Error when a page is not answered */
export async function readRoom(who: ApiPerson, room: string): Promise<{ events: SeenEvent[]; epoch: string }> {
  const events: SeenEvent[] = [];
  let epoch = "";
  for (let after: number | null = 0; after !== null; ) {
    const { status, body } = await who.get(`/rooms/${room}/events?after=${after}`);
    if (status !== 200) throw new Error(`events answered ${status}`);
    events.push(...body.items);
    epoch = body.epoch;
    after = body.next;
  }
  return { events, epoch };
}

/** "OFFSET EVENTID" for a message, "OFFSET" for anything else. */
export function markOf({ offset, id, type }: SeenEvent): string {
  return type === "message.posted" ? `${offset} ${id}` : `${offset}`;
}
