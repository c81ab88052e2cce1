/** What goes to `user:<id>`, a person's own channel: news as they happen, each made once for all programs of the person. */
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { UserSignal } from "#domain/ports/index.ts";
import type { Revision } from "../revisions.ts";
import type { FanOut } from "../socket-kind.ts";
import { topics } from "../topics.ts";
import { userNews } from "./frames.ts";

type Out = Pick<FanOut, "publish" | "subscribers">;

/** To those named in messages of a room, whether or not they subscribed to it. */
export function tellMentioned(out: Out, events: readonly RoomEvent[]): void {
  for (const event of events) {
    if (event.type !== "message.posted") continue;
    const { id, room, offset, author, text, at } = event;
    for (const user of event.mentions) tell(out, user, { type: "mention", room, offset, id, author, text, at });
  }
}

/** To those whom a message names no more: it was edited, or deleted. */
export function tellUnnamed(out: Out, room: RoomId, revisions: readonly Revision[]): void {
  for (const { id, offset, unnamed } of revisions) {
    for (const user of unnamed) tell(out, user, { type: "mention-removed", room, offset, id });
  }
}

export function tellSignal(out: Out, user: UserId, signal: UserSignal): void {
  if (signal.type === "read") tell(out, user, { type: "unread", ...signal.state });
  else if (signal.type === "rooms") tell(out, user, { type: "membership", room: signal.room, member: signal.member });
  else if (signal.type === "revoked") tell(out, user, { type: "signed-out", sessions: signal.sessions });
}

function tell(out: Out, user: UserId, news: unknown): void {
  const topic = topics.programUser(user);
  if (out.subscribers(topic) > 0) out.publish(topic, userNews(user, news));
}
