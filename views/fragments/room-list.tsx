/**
 * The viewer's rooms with what is unread in them: the sidebar's list, in pages and as a fragment of its own. Built as a string: every
 * page has all of it.
 */
import { raw } from "hono/html";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Waiting } from "#domain/ports/room-store.ts";
import type { JoinedRoom, RoomAccess } from "#domain/room.ts";
import { maxUnread } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { escapeHtml } from "../escape.ts";
import { roomName, roomPath } from "../room-name.ts";
import { Icon } from "./icon.tsx";

export interface RoomListProps {
  /** Undefined where they could not be read: browser code asks again. */
  readonly rooms: readonly JoinedRoom[] | undefined;
  readonly waiting?: Waiting | undefined;
  readonly current?: RoomId | undefined;
  readonly viewer?: Author | undefined;
  readonly online?: ReadonlySet<UserId> | undefined;
}

export function RoomList(props: RoomListProps) {
  return raw(roomListHtml(props));
}

export function roomListHtml({ rooms, waiting, ...look }: RoomListProps): string {
  if (rooms === undefined) return '<ul id="rooms" data-missing></ul>';
  const items = (some: readonly JoinedRoom[]) => some.map((joined) => roomItemHtml(joined, look)).join("");
  const direct = rooms.filter(({ room }) => room.visibility === "direct");
  const hint = `<li class="hint">You haven't joined any rooms yet. <a href="/rooms">Find one.</a></li>`;
  const section = '<li class="section">Direct messages</li>';
  return (
    `<ul id="rooms">${waiting === undefined ? "" : waitingHtml(waiting)}${rooms.length === 0 ? hint : ""}${items(rooms.filter(({ room }) => room.visibility !== "direct"))}` +
    `${direct.length === 0 ? "" : section}${items(direct)}</ul>`
  );
}

/** What strangers write is quiet: no reason for a badge. */
function waitingHtml({ invitations, requests }: Waiting): string {
  const item = (count: number, place: string, words: string, look: string) =>
    count === 0
      ? ""
      : `<li class="waiting"><a href="/requests#${place}"><span class="name">${words}</span><span class="${look}">${badgeText(count)}</span></a></li>`;
  return (
    item(invitations, "invitations", "Invitations", "badge") + item(requests, "messages", "Message requests", "count")
  );
}

function roomItemHtml(
  joined: JoinedRoom,
  { current, viewer, online }: Omit<RoomListProps, "rooms" | "waiting">,
): string {
  const { room, membership, unread, mentions } = joined;
  const here = room.id === current ? ' aria-current="page"' : "";
  return (
    `<li data-room="${escapeHtml(room.id)}" data-read="${membership.readOffset}"><a href="${escapeHtml(roomPath(room))}"${here}>` +
    `<span class="name">${roomSignHtml({ access: joined, online })} <bdi>${escapeHtml(roomName(joined, viewer))}</bdi></span>` +
    `${badgeHtml("unread", unread, "unread")}${badgeHtml("mention", mentions, "mentions of you")}</a></li>`
  );
}

/** "99+" above 99. `title` says in words what the number counts. */
function badgeHtml(kind: "unread" | "mention", count: number, words: string): string {
  return `<span class="badge ${kind}" title="${words}"${count === 0 ? " hidden" : ""}>${badgeText(count)}</span>`;
}

function badgeText(count: number): string {
  return count >= maxUnread ? `${maxUnread - 1}+` : String(count);
}

export interface RoomSignProps {
  readonly access: Pick<RoomAccess, "room" | "peer">;
  readonly online?: ReadonlySet<UserId> | undefined;
}

const lock = `<span class="sign">${<Icon name="lock" />}<span class="visually-hidden">private</span></span>`;

/** "#" for a public room, a lock for a private one, whether the other is here for a direct one. */
function roomSignHtml({ access: { room, peer }, online }: RoomSignProps): string {
  if (room.visibility === "public") return '<span class="sign">#</span>';
  if (room.visibility === "private") return lock;
  const known = peer === undefined ? "" : ` data-user="${escapeHtml(peer.id)}"`;
  return `<span class="sign dot"${known} data-online="${peer !== undefined && online?.has(peer.id) === true}"></span>`;
}

export function RoomSign(props: RoomSignProps) {
  return raw(roomSignHtml(props));
}
