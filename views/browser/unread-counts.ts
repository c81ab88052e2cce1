/** Counts what is unread in each room from the server's counts and live activity, each message once. */
import type { Activity, Revised, UnreadRoom } from "./frames.ts";

/** Messages remembered one by one per room; older ones are only counted. */
const RECENT_MAX = 500;

export interface Unread {
  readonly unread: number;
  readonly mentions: number;
}

interface Count {
  read: number;
  /** Everything up to here is counted or read. */
  counted: number;
  /** Unread up to `baseOffset`, as the server counted. */
  base: Unread;
  baseOffset: number;
  /** Unread messages after `baseOffset`: offset, and whether it mentions me. */
  recent: { readonly offset: number; readonly mention: boolean }[];
  /** The server has to count again, with the event at this offset; 0: it has not. */
  staleSince: number;
}

export interface UnreadCounts {
  activity(activity: Activity): void;
  /** False: this page has read further than the server knows. */
  server(room: UnreadRoom): boolean;
  readTo(room: string, offset: number): void;
  /** Something changed that only the server can count. */
  isStale(room: string): boolean;
  /** The room is not one's own any more. */
  forget(room: string): void;
  /** Undefined for a room nothing is known of yet. */
  of(room: string): Unread | undefined;
}

const NONE: Unread = { unread: 0, mentions: 0 };

export function createUnreadCounts(me: string): UnreadCounts {
  const counts = new Map<string, Count>();

  function countOf(room: string): Count {
    const present = counts.get(room);
    if (present) return present;
    const fresh: Count = { read: 0, counted: 0, base: NONE, baseOffset: 0, recent: [], staleSince: 0 };
    counts.set(room, fresh);
    return fresh;
  }

  /** Of those that the server counted it is not known which they are. */
  function revise(count: Count, [at, offset, , mentions, deleted]: Revised): void {
    if (offset <= count.read) return;
    const mention = mentions.includes(me);
    const index = count.recent.findIndex((message) => message.offset === offset);
    if (index >= 0) count.recent.splice(index, 1, ...(deleted ? [] : [{ offset, mention }]));
    else if (deleted || mention || count.base.mentions > 0 || count.baseOffset === 0)
      count.staleSince = Math.max(count.staleSince, at);
  }

  return {
    of(room) {
      const count = counts.get(room);
      return count && sum(count.base, count.recent);
    },
    activity({ room, to, messages, revised = [] }) {
      const count = countOf(room);
      for (const [offset, author, mentions] of messages) {
        if (offset <= count.counted || offset <= count.read || author === me) continue;
        count.recent.push({ offset, mention: mentions.includes(me) });
      }
      count.counted = Math.max(count.counted, to);
      for (const each of revised) if (each[2] !== me) revise(count, each);
      compact(count);
    },
    isStale(room) {
      const count = counts.get(room);
      return count !== undefined && count.staleSince > 0 && count.base.unread > 0;
    },
    forget: (room) => void counts.delete(room),
    server({ room, readOffset, unread, mentions, offset }) {
      const count = countOf(room);
      if (readOffset < count.read) return false;
      // Without an offset the server is taken to have counted all that was heard of so far.
      const upTo = offset ?? Math.max(count.counted, readOffset + unread);
      count.read = readOffset;
      count.base = { unread, mentions };
      count.baseOffset = upTo;
      count.recent = count.recent.filter((message) => message.offset > upTo);
      count.counted = Math.max(count.counted, upTo);
      if (upTo >= count.staleSince) count.staleSince = 0;
      return true;
    },
    readTo(room, offset) {
      const count = countOf(room);
      if (offset <= count.read) return;
      count.read = offset;
      if (offset >= count.baseOffset) {
        count.base = NONE;
        count.staleSince = 0;
      }
      count.recent = count.recent.filter((message) => message.offset > offset);
    },
  };
}

function sum(base: Unread, recent: Count["recent"]): Unread {
  const mentions = recent.filter(({ mention }) => mention).length;
  return { unread: base.unread + recent.length, mentions: base.mentions + mentions };
}

function compact(count: Count): void {
  const surplus = count.recent.length - RECENT_MAX;
  if (surplus <= 0) return;
  const old = count.recent.splice(0, surplus);
  count.base = sum(count.base, old);
  count.baseOffset = old[old.length - 1]?.offset ?? count.baseOffset;
}
