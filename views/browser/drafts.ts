/**
 * Keeps the unfinished message of each room and person, and what it answers, in the browser until it is sent. Tabs share it; what one tab
 * writes beside what another wrote stands apart, and is joined when the room is opened the next time (draft-sync.ts).
 */
import type { Quoted } from "./quotes.ts";

/** What somebody has written so far. */
export interface Written {
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo?: Quoted | undefined;
}

export interface Draft {
  /** Where tabs share it: a `storage` event names this. */
  readonly key: string;
  /** What tabs share now. */
  read(): Written;
  /** The same with what stood apart. */
  load(): Written;
  /** @param apart only this tab's; nothing written is forgotten */
  write(written: Written, apart: boolean): void;
}

/** Drafts of one person that are kept; past that the oldest go. */
export const DRAFTS_MAX = 50;
/** Of a draft is kept this much, in UTF-16 code units: more than a message may have. */
export const DRAFT_MAX_LENGTH = 40_000;
export const DRAFT_KEPT_MS = 30 * 24 * 3_600_000;

const EMPTY: Written = { text: "" };
let closed = false;

interface Kept extends Written {
  /** When it was written; 0 where that is not known. */
  readonly at: number;
}

export function createDraft(user: string, room: string, tab: string, now = Date.now): Draft {
  const key = `draft ${user} ${room}`;
  const own = `${key} ${tab}`;

  function write(written: Written, apart: boolean): void {
    if (closed) return;
    inStorage((storage) => {
      const name = apart ? own : key;
      if (isEmpty(written)) return storage.removeItem(name);
      const { text, replyTo } = written;
      storage.setItem(name, JSON.stringify({ text: text.slice(0, DRAFT_MAX_LENGTH), replyTo, at: now() }));
      if (draftsOf(storage, user).length > DRAFTS_MAX) prune(storage, user, now());
    });
  }

  return {
    key,
    write,
    read: () => inStorage((storage) => parseDraft(storage.getItem(key))) ?? EMPTY,
    load() {
      const found = inStorage((storage) => {
        prune(storage, user, now());
        const names = namesIn(storage).filter((name) => name === key || name.startsWith(`${key} `));
        return names.sort().map((name) => ({ name, ...parseDraft(storage.getItem(name)) }));
      });
      if (!found || found.length === 0) return EMPTY;
      const text = found
        .map((each) => each.text)
        .filter(Boolean)
        .join("\n");
      const written = { text, replyTo: found.find((each) => each.replyTo)?.replyTo };
      if (found.length > 1) {
        write(written, false);
        for (const { name } of found) if (name !== key) inStorage((storage) => storage.removeItem(name));
      }
      return written;
    },
  };
}

export function isEmpty({ text, replyTo }: Written): boolean {
  return !text && !replyTo;
}

/** From a value in storage; also one that is nothing but the text. */
export function parseDraft(kept: string | null): Kept {
  try {
    const { text, replyTo, at }: Partial<Kept> = JSON.parse(kept ?? "null") ?? {};
    if (kept === null || typeof text === "string") return { text: text ?? "", replyTo: quotedIn(replyTo), at: at ?? 0 };
  } catch {
    // It is a text.
  }
  return { text: kept ?? "", at: 0 };
}

/** Takes away the drafts of everybody but this person. @param stop this page keeps none from here on: its person signed out */
export function forgetDrafts(user: string, stop = false): void {
  closed ||= stop;
  inStorage((storage) => {
    for (const name of namesIn(storage)) {
      const [kind, whose] = name.split(" ");
      if ((kind === "draft" || kind === "reply") && whose !== user) storage.removeItem(name);
    }
  });
}

/** What is too old, and the oldest of too many. */
function prune(storage: Storage, user: string, now: number): void {
  const drafts = draftsOf(storage, user)
    .map((name) => ({ name, at: parseDraft(storage.getItem(name)).at }))
    .sort((one, other) => other.at - one.at);
  drafts.forEach(({ name, at }, index) => {
    if (index >= DRAFTS_MAX || (at > 0 && at < now - DRAFT_KEPT_MS)) storage.removeItem(name);
  });
}

function draftsOf(storage: Storage, user: string): string[] {
  return namesIn(storage).filter((name) => name.startsWith(`draft ${user} `));
}

function namesIn(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
}

function quotedIn(quoted: Partial<Quoted> | undefined): Quoted | undefined {
  return quoted?.id && quoted.offset
    ? { author: "", text: "", ...quoted, id: quoted.id, offset: quoted.offset }
    : undefined;
}

/** Storage may be full, forbidden or spoilt; a draft is then kept only in the field. */
function inStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
