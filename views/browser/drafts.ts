/**
 * Keeps unfinished messages in the browser until they are sent: of each room and person, and of each tab by itself, with what they answer.
 * What one tab writes is never joined with what another wrote (draft-sync.ts).
 */
import { newEventId } from "./event-id.ts";
import type { Quoted } from "./quotes.ts";

/** What somebody has written so far. */
export interface Written {
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo?: Quoted | undefined;
  /** The version of the message that it is to replace. */
  readonly version?: string | undefined;
}

export interface Draft {
  /** What all its keys begin with; `storage` events name them. */
  readonly prefix: string;
  /** The key of what is sent at this moment: tells the other tabs. */
  readonly sentKey: string;
  /** The key of what this tab wrote. */
  ownKey(): string;
  own(): Written;
  /** What was written last, in this tab or another. */
  newest(): Written & { readonly key?: string };
  /** @returns what is kept of it; undefined if nothing is */
  write(written: Written): Written | undefined;
  /** This tab goes on with what is kept there. A tab that is open and wrote it keeps it nevertheless. */
  take(key: string): void;
  /** It was sent: nothing of it is left, whichever tab wrote it. */
  sent(written: Written): void;
  /** Another tab has the same key: it was copied from this one. */
  renew(): void;
}

/** Drafts of one person that are kept; past that the oldest go. */
export const DRAFTS_MAX = 50;
/** Of a draft is kept this much, in UTF-16 code units: more than a message may have. */
export const DRAFT_MAX_LENGTH = 40_000;
export const DRAFT_KEPT_MS = 30 * 24 * 3_600_000;
/** Stands for what another tab takes over. */
export const TAKEN = "";

export const EMPTY: Written = { text: "" };
let closed = false;

interface Kept extends Written {
  /** When it was written; 0 where that is not known. */
  readonly at: number;
}

export function createDraft(user: string, room: string, tab = tabName(), now = Date.now): Draft {
  // Where versions before kept what all tabs shared.
  const shared = `draft ${user} ${room}`;
  const prefix = `${shared} `;
  const sentKey = `${prefix}sent`;
  let ownKey = prefix + tab;
  inStorage((storage) => prune(storage, user, now()));

  const all = (storage: Storage) =>
    namesIn(storage)
      .filter((key) => key === shared || (key.startsWith(prefix) && key !== sentKey))
      .map((key) => ({ key, ...parseDraft(storage.getItem(key)) }));

  /** Other tabs hear of `value`, and nothing stays. */
  const tell = (key: string, value: string) =>
    inStorage((storage) => {
      storage.setItem(key, value);
      storage.removeItem(key);
    });

  function write(written: Written): Written | undefined {
    if (closed) return undefined;
    return inStorage((storage) => {
      if (isEmpty(written)) return void storage.removeItem(ownKey);
      const kept = { ...written, text: written.text.slice(0, DRAFT_MAX_LENGTH) };
      storage.setItem(ownKey, JSON.stringify({ ...kept, at: now() }));
      if (draftsOf(storage, user).length > DRAFTS_MAX) prune(storage, user, now());
      return kept;
    });
  }

  return {
    prefix,
    sentKey,
    write,
    ownKey: () => ownKey,
    own: () => inStorage((storage) => parseDraft(storage.getItem(ownKey))) ?? EMPTY,
    newest: () =>
      inStorage((storage) =>
        all(storage).reduce<Kept & { key?: string }>(
          (one, other) => (isEmpty(other) || other.at < one.at ? one : other),
          NOTHING,
        ),
      ) ?? EMPTY,
    take: (key) => void tell(key, TAKEN),
    sent(written) {
      tell(sentKey, JSON.stringify(written));
      inStorage((storage) => {
        for (const { key, ...kept } of all(storage))
          if (key === ownKey || isSame(kept, written)) storage.removeItem(key);
      });
    },
    renew() {
      ownKey = prefix + tabName(true);
    },
  };
}

const NOTHING: Kept = { ...EMPTY, at: 0 };

/** Stays the same through a reload. */
function tabName(another = false): string {
  try {
    const name = (!another && sessionStorage.getItem("tab")) || newEventId();
    sessionStorage.setItem("tab", name);
    return name;
  } catch {
    return newEventId();
  }
}

export function isSame(one: Written, other: Written): boolean {
  return one.text === other.text && one.replyTo?.id === other.replyTo?.id;
}

/** How many unfinished texts of this person the browser keeps. */
export function countDrafts(user: string): number {
  return inStorage((storage) => draftsOf(storage, user).length) ?? 0;
}

export function isEmpty({ text, replyTo }: Written): boolean {
  return !text && !replyTo;
}

/** From a value in storage; also one that is nothing but the text. */
export function parseDraft(kept: string | null): Kept {
  try {
    const { text, replyTo, version, at }: Partial<Kept> = JSON.parse(kept ?? "null") ?? {};
    if (kept === null || typeof text === "string")
      return { text: text ?? "", replyTo: quotedIn(replyTo), version, at: at ?? 0 };
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
