/** What a room is called, where a page says it. A name has its own direction and moves nothing around it, not even its sign. */
import type { RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { roomName } from "../room-name.ts";

export interface RoomTitleProps {
  readonly access: Pick<RoomAccess, "room" | "peer">;
  readonly viewer?: Author | undefined;
}

export function RoomTitle({ access, viewer }: RoomTitleProps) {
  return (
    <>
      {access.room.visibility === "public" && "#"}
      <bdi>{roomName(access, viewer)}</bdi>
    </>
  );
}
