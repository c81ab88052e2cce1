/** The viewer's rooms with what is unread in them: the sidebar's list, in pages and as a fragment of its own. */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { JoinedRoom, RoomAccess } from "#domain/room.ts";
import { maxUnread } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { roomName, roomPath } from "../room-name.ts";
import { Icon } from "./icon.tsx";

export interface RoomListProps {
  readonly rooms: readonly JoinedRoom[];
  readonly current?: RoomId | undefined;
  readonly viewer?: Author | undefined;
  readonly online?: ReadonlySet<UserId> | undefined;
}

export function RoomList({ rooms, current, viewer, online }: RoomListProps) {
  const direct = rooms.filter(({ room }) => room.visibility === "direct");
  const item = (joined: JoinedRoom) => <RoomItem joined={joined} current={current} viewer={viewer} online={online} />;
  return (
    <ul id="rooms">
      {rooms.length === 0 && (
        <li class="hint">
          You are in no room yet. <a href="/rooms">Find one to join.</a>
        </li>
      )}
      {rooms.filter(({ room }) => room.visibility !== "direct").map(item)}
      {direct.length > 0 && <li class="section">Direct messages</li>}
      {direct.map(item)}
    </ul>
  );
}

function RoomItem({ joined, current, viewer, online }: Omit<RoomListProps, "rooms"> & { joined: JoinedRoom }) {
  const { room, membership, unread, mentions } = joined;
  return (
    <li data-room={room.id} data-read={membership.readOffset}>
      <a href={roomPath(room)} aria-current={room.id === current ? "page" : undefined}>
        <span class="name">
          <RoomSign access={joined} online={online} /> <bdi>{roomName(joined, viewer)}</bdi>
        </span>
        <Badge kind="unread" count={unread} words="unread" />
        <Badge kind="mention" count={mentions} words="mentions of you" />
      </a>
    </li>
  );
}

/** "99+" above 99. `title` says in words what the number counts. */
function Badge({ kind, count, words }: { kind: "unread" | "mention"; count: number; words: string }) {
  return (
    <span class={`badge ${kind}`} title={words} hidden={count === 0}>
      {badgeText(count)}
    </span>
  );
}

export function badgeText(count: number): string {
  return count >= maxUnread ? `${maxUnread - 1}+` : String(count);
}

export interface RoomSignProps {
  readonly access: Pick<RoomAccess, "room" | "peer">;
  readonly online?: ReadonlySet<UserId> | undefined;
}

/** "#" for a public room, a lock for a private one, whether the other is here for a direct one. */
export function RoomSign({ access: { room, peer }, online }: RoomSignProps) {
  if (room.visibility === "public") return <span class="sign">#</span>;
  if (room.visibility === "private") {
    return (
      <span class="sign">
        <Icon name="lock" />
        <span class="visually-hidden">private</span>
      </span>
    );
  }
  return (
    <span
      class="sign dot"
      data-user={peer?.id}
      data-online={String(peer !== undefined && online?.has(peer.id) === true)}
    />
  );
}
