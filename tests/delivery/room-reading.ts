/** A room's events as a program reads them from the API, page by page. */
import type { ApiPerson } from "../support/api-person.ts";
import type { Mark } from "./history.ts";

const readWithinMs = 8_000;
const pageSize = 1_000;

export interface ApiEvent {
  readonly id: string;
  readonly offset: number;
  readonly type: string;
  readonly text?: string;
  readonly at: string;
  readonly author: { readonly id: string };
}

/** All of a room's events, page by page. @throws Error "events answered STATUS" */
export async function readRoom(
  base: string,
  who: ApiPerson,
  room: string,
): Promise<{ events: ApiEvent[]; epoch: string }> {
  const events: ApiEvent[] = [];
  let epoch = "";
  for (let after: number | null = 0; after !== null; ) {
    const path: string = `${base}/api/v1/rooms/${room}/events?after=${after}&limit=${pageSize}`;
    const response: Response = await fetch(path, {
      headers: { authorization: `Bearer ${who.token}` },
      signal: AbortSignal.timeout(readWithinMs),
    });
    if (response.status !== 200) throw new Error(`events answered ${response.status}`);
    const body = (await response.json()) as { items: ApiEvent[]; epoch: string; next: number | null };
    // An epoch may begin between two pages: then what was read belongs to the one before.
    if (epoch !== "" && body.epoch !== epoch) throw new Error("another epoch began meanwhile");
    events.push(...body.items);
    epoch = body.epoch;
    after = body.next;
  }
  return { events, epoch };
}

export function markOf({ offset, id, type }: Pick<ApiEvent, "offset" | "id" | "type">): Mark {
  return { offset, id: type === "message.posted" ? id : "" };
}
