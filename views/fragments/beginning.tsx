/** Stands where older messages would be. It is also what a room without messages shows, so it says what to do. */
import type { Child } from "hono/jsx";
import { isRequestTo, type RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { RoomTitle } from "./room-title.tsx";

export interface BeginningProps {
  readonly viewer?: Author | undefined;
  readonly access: RoomAccess;
}

export function Beginning({ viewer, access }: BeginningProps) {
  const { room } = access;
  return (
    <div id="beginning">
      <p class="lead">
        {room.visibility === "direct" ? "This is between you and " : "This is the beginning of "}
        <RoomTitle access={access} viewer={viewer} />.
      </p>
      <p>
        {audienceOf(access)} {whatToDo(access)}
      </p>
    </div>
  );
}

function whatToDo({ room, membership }: RoomAccess): Child {
  if (membership === undefined) return "Join to take part.";
  if (isRequestTo(room, membership.user)) return "Accept to reply.";
  // Not seen once there is a message.
  return <span class="begin">Say something to begin.</span>;
}

function audienceOf({ room }: RoomAccess): string {
  if (room.visibility === "direct") return "Only the two of you can read it.";
  return room.visibility === "private"
    ? "Only people who are invited can read it."
    : "Everyone here can find and read it.";
}
