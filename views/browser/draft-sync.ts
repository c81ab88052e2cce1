/**
 * One tab's field and the drafts of all tabs of a room. A field that nobody wrote in shows what was written last, in whichever tab. From the
 * first key on it is this tab's own: nothing changes it from outside, except that what it says is sent from another tab.
 */
import { type Draft, EMPTY, isEmpty, isSame, parseDraft, TAKEN, type Written } from "./drafts.ts";

const SAVE_AFTER_MS = 300;

export interface DraftField {
  read(): Written;
  show(written: Written): void;
}

export interface DraftSync {
  /** Shows what is kept; a reload shows what this tab wrote. */
  begin(): void;
  /** Somebody wrote in this field. */
  changed(): void;
  /** That was sent from here; the field is empty now. */
  sent(written: Written): void;
  /** Another tab changed the storage. @param key null: all of it is gone */
  hear(key: string | null, value: string | null): void;
  /** The tab may have slept, and was told nothing. */
  wake(): void;
  /** The page may end here. */
  leave(): void;
}

export function createDraftSync(draft: Draft, field: DraftField): DraftSync {
  /** Somebody wrote in this field. */
  let own = false;
  /** What is kept of what was written here, as far as this tab knows. */
  let kept: Written | undefined;
  /** Where that is kept which the field shows without having been written in. */
  let source: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stopTimer(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function save(): void {
    stopTimer();
    kept = draft.write(field.read());
    takeOver();
  }

  function takeOver(): void {
    if (source) draft.take(source);
    source = undefined;
  }

  function begin(): void {
    const mine = draft.own();
    own = !isEmpty(mine);
    kept = own ? mine : undefined;
    if (own) field.show(mine);
    else follow();
  }

  function follow(): void {
    const newest = draft.newest();
    source = newest.key;
    if (!isSame(newest, field.read())) field.show(newest);
  }

  return {
    begin,
    changed() {
      own = true;
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER_MS);
    },
    sent(written) {
      stopTimer();
      own = true;
      kept = undefined;
      draft.sent(written);
      takeOver();
    },
    hear(key, value) {
      if (key === draft.sentKey && value !== null && isSame(parseDraft(value), field.read())) {
        stopTimer();
        kept = source = undefined;
        draft.write(EMPTY);
        field.show(EMPTY);
      }
      if (key === null || (key === draft.ownKey() && value === null)) kept &&= isEmpty(draft.own()) ? undefined : kept;
      else if (key === draft.ownKey()) {
        if (value !== TAKEN) draft.renew();
        if (own) save();
      }
      if (!own && key?.startsWith(draft.prefix)) follow();
    },
    wake() {
      if (timer !== undefined) return;
      if (!own) follow();
      // It was sent, or gone on with, in another tab or on a later page of this one.
      else if (kept && !isSame(draft.own(), kept)) begin();
    },
    leave() {
      if (timer !== undefined) save();
    },
  };
}
