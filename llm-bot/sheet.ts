/**
 * What a bot writes on while an answer grows: hands the first piece on at once, gathers further ones, and hands them on about twenty times
 * a second, one call at a time. Keeps the pen by showing that it is there. That growing texts are away stops no answer: then the room
 * sees it when it has ended.
 */
import { isChatError } from "#domain/errors.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import type { GrowingTexts } from "#domain/ports/index.ts";

/** Pieces that come within this time after others were told are told together. */
export const tellEveryMs = 50;
/** A third of the time after which a silent pen is free. */
export const showEveryMs = 2_000;

export interface Sheet {
  /** Takes the pen. @returns false while another holds it, which loses this sheet */
  claim(): Promise<boolean>;
  note(sentence: string): void;
  /** Says this from now on: what was shown, and more; or something else, where that was taken back. */
  show(text: string): void;
  text(): string;
  /** Tells no more. What was told stays until the answer's end is known. */
  close(): Promise<void>;
}

export interface SheetOptions {
  readonly room: RoomId;
  readonly message: EventId;
  readonly pen: string;
  /** Another bot writes this text now. */
  readonly onLost: () => void;
}

export function openSheet(growing: GrowingTexts, { room, message, pen, onLost }: SheetOptions): Sheet {
  let text = "";
  let note = "";
  /** What the room was told. Undefined: nothing that one could build on. */
  let told: { readonly length: number; readonly note: string } | undefined;
  let telling: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let away = false;

  /** Undefined while the texts are away. */
  async function unlessAway<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      const answer = await work;
      away = false;
      return answer;
    } catch (error) {
      if (!isChatError(error, "unavailable")) throw error;
      away = true;
      return undefined;
    }
  }

  async function claim(): Promise<boolean> {
    const claimed = await unlessAway(growing.claim(room, message, pen).then((found) => found !== undefined));
    if (claimed === false) {
      closed = true;
      clearTimeout(timer);
      onLost();
    }
    return claimed !== false;
  }

  const isTold = () => told?.length === text.length && told.note === note;

  function schedule(afterMs: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      telling ??= tell().finally(() => {
        telling = undefined;
        schedule(isTold() || away ? showEveryMs : tellEveryMs);
      });
    }, afterMs);
  }

  async function tell(): Promise<void> {
    const at = told?.length ?? 0;
    if (text.length > at) toldAt = performance.now();
    const said = text;
    const now = { length: said.length, note };
    const written = await unlessAway(growing.grow(room, message, pen, { at, piece: text.slice(at), note }));
    // Meanwhile it may have been taken back.
    if (written) told = text.startsWith(said) ? now : undefined;
    // Once from the beginning, then with the pen taken again.
    else if (told === undefined && written === false) await claim();
    else told = undefined;
  }

  /** While it only shows that it is there, news don't wait for that. */
  function change(how: () => void): void {
    const wasTold = isTold();
    how();
    if (wasTold && telling === undefined) schedule(Math.max(0, toldAt + tellEveryMs - performance.now()));
  }

  return {
    async claim() {
      const claimed = await claim();
      if (claimed) schedule(0);
      return claimed;
    },
    text: () => text,
    note(sentence) {
      if (sentence === note) return;
      change(() => {
        note = sentence;
      });
    },
    show(next) {
      if (next === text) return;
      change(() => {
        if (!next.startsWith(text)) told = undefined;
        text = next;
        note = "";
      });
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await telling;
    },
  };
}
