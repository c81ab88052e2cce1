/** Shows unread counts in the room list and the title, and marks the open room read while its newest message is seen. */
import type { Activity, PageFrame, UnreadRoom } from "./frames.ts";
import { onNextFrame } from "./next-frame.ts";
import { byId } from "./page.ts";
import { createUnreadCounts, type Unread } from "./unread-counts.ts";

const BADGE_MAX = 99;
const READ_AFTER_MS = 200;
const READ_EVERY_MS = 1_000;
/** Before the server is asked to count again. At random, so that a room full of people does not ask in one moment; then ever later. */
const RECOUNT_SPREAD_MS = 400;
const RECOUNT_AGAIN_MS = 500;
const RECOUNTS_MAX = 6;

export interface UnreadOwner {
  readonly me: string;
  /** The open room and the newest offset in view, undefined while nobody looks at it. */
  seen(): { readonly room: string; readonly offset: number } | undefined;
  send(frame: PageFrame): boolean;
}

export interface UnreadMarks {
  activity(activity: Activity): void;
  server(rooms: readonly UnreadRoom[]): void;
  /** Whether the room list has this room. */
  lists(room: string): boolean;
  /** The reader left the room, or came back: what is unread is read from the list again. */
  forget(room: string): void;
  /** The reader may have seen more. */
  look(): void;
  /** The room list was replaced. */
  draw(): void;
}

export function createUnreadMarks(owner: UnreadOwner): UnreadMarks {
  const counts = createUnreadCounts(owner.me);
  const title = document.title;
  let sent = Number(byId("room")?.dataset.read ?? 0);
  let timer = 0;
  let toldAt = 0;
  const draw = onNextFrame(() => {
    let total = 0;
    for (const item of document.querySelectorAll<HTMLElement>("#rooms [data-room]")) {
      const { unread, mentions } = counts.of(item.dataset.room ?? "") ?? learn(item);
      setBadge(item.querySelector(".badge.unread"), unread);
      setBadge(item.querySelector(".badge.mention"), mentions);
      total += unread;
    }
    const counted = total > 0 ? `(${shorten(total)}) ${title}` : title;
    if (document.title !== counted) document.title = counted;
  });

  /** Counts the open room as read now and tells the server at most once a second. */
  function look(): void {
    const seen = owner.seen();
    if (!seen) return;
    counts.readTo(seen.room, seen.offset);
    draw();
    if (seen.offset <= sent || timer) return;
    timer = setTimeout(tell, Math.max(READ_AFTER_MS, toldAt + READ_EVERY_MS - Date.now()));
  }

  function tell(): void {
    timer = 0;
    toldAt = Date.now();
    const seen = owner.seen();
    if (seen && seen.offset > sent && owner.send({ read: seen })) sent = seen.offset;
  }

  /** How often rooms were asked for whose counts are not right again yet. */
  const recounts = new Map<string, number>();

  function recount(room: string): void {
    const asked = recounts.get(room) ?? 0;
    if (!counts.isStale(room) || asked >= RECOUNTS_MAX) {
      recounts.delete(room);
      return;
    }
    recounts.set(room, asked + 1);
    const again = asked === 0 ? 0 : RECOUNT_AGAIN_MS * 2 ** (asked - 1);
    setTimeout(
      () => {
        if (counts.isStale(room)) owner.send({ recount: { room } });
        recount(room);
      },
      again + Math.random() * RECOUNT_SPREAD_MS,
    );
  }

  /** A room the socket has not spoken of: its badges are what the server counted. */
  function learn(item: HTMLElement): Unread {
    const { room = "", read = "0" } = item.dataset;
    const [unread, mentions] = [badgeOf(item, "unread"), badgeOf(item, "mention")];
    counts.server({ room, readOffset: Number(read), unread, mentions });
    return { unread, mentions };
  }

  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  draw();

  return {
    look,
    draw,
    forget: counts.forget,
    lists: (room) => document.querySelector(`#rooms [data-room="${CSS.escape(room)}"]`) !== null,
    activity(activity) {
      counts.activity(activity);
      if (!recounts.has(activity.room)) recount(activity.room);
      const seen = owner.seen();
      // Its entries are on their way into view: no flash of a badge.
      if (seen?.room === activity.room) counts.readTo(activity.room, Math.max(activity.to, seen.offset));
      draw();
    },
    server(rooms) {
      for (const room of rooms) {
        // The server does not know how far this page has read: the mark was lost with a connection.
        if (!counts.server(room) && room.room === byId("room")?.dataset.room) sent = room.readOffset;
      }
      draw();
      look();
    },
  };
}

function badgeOf(item: HTMLElement, kind: string): number {
  const badge = item.querySelector<HTMLElement>(`.badge.${kind}`);
  return badge && !badge.hidden ? Number.parseInt(badge.textContent ?? "0", 10) || 0 : 0;
}

function setBadge(badge: HTMLElement | null, count: number): void {
  const text = shorten(count);
  if (!badge || badge.textContent === text) return;
  badge.hidden = count === 0;
  badge.textContent = text;
}

const shorten = (count: number) => (count > BADGE_MAX ? `${BADGE_MAX}+` : String(count));
