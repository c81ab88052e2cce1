/**
 * One tab's field and the draft that all tabs of a room share. A tab writes only what was changed in it, and follows what others change
 * while its own field says what is shared; where both were written to, each keeps its own.
 */
import { type Draft, isEmpty, type Written } from "./drafts.ts";

const SAVE_AFTER_MS = 300;

export interface DraftField {
  read(): Written;
  show(written: Written): void;
}

export interface DraftSync {
  /** Somebody wrote in this field. */
  changed(): void;
  /** What the field said was sent from here; it is empty now. */
  sent(): void;
  /** Another tab may have written `stored`. */
  look(stored?: Written): void;
  /** The page may end here. */
  leave(): void;
}

/** @param shared what the field shows because it was kept */
export function createDraftSync(draft: Draft, field: DraftField, shared: Written): DraftSync {
  /** What is shared, as this tab last knew it. */
  let base = shared;
  /** The field's content was written here. */
  let own = false;
  /** What is in the field is kept for this tab alone. */
  let apart = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    const [written, stored] = [field.read(), draft.read()];
    const theirs = !isEmpty(stored) && !isSame(stored, base) && !isSame(stored, written);
    if (apart !== theirs) draft.write({ text: "" }, true);
    apart = theirs;
    draft.write(written, apart);
    if (!apart) base = written;
  }

  function look(stored = draft.read()): void {
    const written = field.read();
    if (timer !== undefined) return;
    if (isSame(stored, written)) {
      if (apart) draft.write({ text: "" }, true);
      apart = false;
      base = stored;
      return;
    }
    if (apart || written.text !== base.text) return;
    if (!own || isEmpty(stored) || stored.text.includes(written.text)) {
      base = stored;
      own = false;
      field.show(stored);
    } else {
      apart = true;
      draft.write(written, true);
    }
  }

  return {
    look,
    changed() {
      own = true;
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER_MS);
    },
    sent() {
      clearTimeout(timer);
      timer = undefined;
      draft.write({ text: "" }, apart);
      base = { text: "" };
      own = apart = false;
    },
    leave() {
      if (timer !== undefined) save();
    },
  };
}

function isSame(one: Written, other: Written): boolean {
  return one.text === other.text && one.replyTo?.id === other.replyTo?.id;
}
