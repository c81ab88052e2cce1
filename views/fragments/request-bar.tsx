/** Under a direct room that waits for consent: for who may give it, the answers; for who asked, what they can still do. */
import { maxRequestMessages } from "#domain/direct-requests.ts";
import type { RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { roomPath, roomTitle } from "../room-name.ts";

export function RequestBar({ access, viewer }: { access: RoomAccess; viewer: Author }) {
  const path = roomPath(access.room);
  return (
    <div class="join-bar">
      <p>
        <b>{roomTitle(access, viewer)}</b> would like to talk to you. They are not told if you decline.
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
      You share no room with <b>{roomTitle(access, viewer)}</b>, so this is a message request. It can have{" "}
      {maxRequestMessages} messages until they accept it.
    </p>
  );
}
