/** Remembers the unfinished message of each room and person, and what it answers, until it is sent. */
import type { Quoted } from "./quotes.ts";

/** What somebody has written so far. */
export interface Written {
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo?: Quoted | undefined;
}

export interface Draft {
  load(): Written;
  save(written: Written): void;
}

export function createDraft(user: string, room: string): Draft {
  const textKey = `draft ${user} ${room}`;
  const replyKey = `reply ${user} ${room}`;
  return {
    load: () => ({
      text: inStorage((storage) => storage.getItem(textKey)) ?? "",
      replyTo: inStorage((storage) => parseQuoted(storage.getItem(replyKey))),
    }),
    save({ text, replyTo }) {
      keep(textKey, text);
      keep(replyKey, replyTo && JSON.stringify(replyTo));
    },
  };
}

function keep(key: string, value: string | undefined): void {
  inStorage((storage) => (value ? storage.setItem(key, value) : storage.removeItem(key)));
}

function parseQuoted(kept: string | null): Quoted | undefined {
  const quoted: Partial<Quoted> | null = JSON.parse(kept ?? "null");
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
