/** Counts what is unread in each room from the server's counts and live activity, each message once. */
import type { Activity, UnreadRoom } from "./frames.ts";

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
}

export interface UnreadCounts {
  activity(activity: Activity): void;
  /** False: this page has read further than the server knows. */
  server(room: UnreadRoom): boolean;
  readTo(room: string, offset: number): void;
  /** Undefined for a room nothing is known of yet. */
  of(room: string): Unread | undefined;
}

const NONE: Unread = { unread: 0, mentions: 0 };

export function createUnreadCounts(me: string): UnreadCounts {
  const counts = new Map<string, Count>();

  function countOf(room: string): Count {
    const present = counts.get(room);
    if (present) return present;
    const fresh: Count = { read: 0, counted: 0, base: NONE, baseOffset: 0, recent: [] };
    counts.set(room, fresh);
    return fresh;
  }

  return {
    of(room) {
      const count = counts.get(room);
      return count && sum(count.base, count.recent);
    },
    activity({ room, to, messages }) {
      const count = countOf(room);
      for (const [offset, author, mentions] of messages) {
        if (offset <= count.counted || offset <= count.read || author === me) continue;
        count.recent.push({ offset, mention: mentions.includes(me) });
      }
      count.counted = Math.max(count.counted, to);
      compact(count);
    },
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
      return true;
    },
    readTo(room, offset) {
      const count = countOf(room);
      if (offset <= count.read) return;
      count.read = offset;
      if (offset >= count.baseOffset) count.base = NONE;
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
