/** Under a direct room that waits for consent: for who may give it, the answers; for who asked, what they can still do. */
import { maxRequestMessages } from "#domain/direct-requests.ts";
import type { RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { roomPath } from "../room-name.ts";
import { RoomTitle } from "./room-title.tsx";

export function RequestBar({ access, viewer }: { access: RoomAccess; viewer: Author }) {
  const path = roomPath(access.room);
  return (
    <div class="join-bar">
      <p>
        <b>
          <RoomTitle access={access} viewer={viewer} />
        </b>{" "}
        would like to talk to you. They are not told if you decline.
      </p>
      <div class="answers">
        <form method="post" action={`${path}/decline`}>
          <button type="submit" class="quiet">
            Decline
          </button>
        </form>
        <form method="post" action={`${path}/join`}>
          <button type="submit" class="primary">
            Accept
          </button>
        </form>
      </div>
    </div>
  );
}

export function RequestHint({ access, viewer }: { access: RoomAccess; viewer: Author }) {
  return (
    <p class="request-hint">
      This is a message request:{" "}
      <b>
        <RoomTitle access={access} viewer={viewer} />
      </b>{" "}
      decides whether to talk to you. You can send up to {maxRequestMessages} messages until they accept.
    </p>
  );
}
