/**
 * What only an action needs: the menu of messages, edits in place, completion, who is named and absent. A file of its own, fetched at the
 * first sign of an action (load-actions.ts). What it has in common with the page's code, and all that has a state, it is handed.
 */
import { type AbsentNotice, createAbsentNotice } from "./absent.ts";
import type { ask } from "./ask.ts";
import { completeWords } from "./completion.ts";
import type { createDraft } from "./drafts.ts";
import { editInPlace } from "./edit-message.ts";
import { offerMessageMenu } from "./message-menu.ts";
import type { keepEdit } from "./open-edit.ts";
import type { OpenRoom } from "./page.ts";
import type { submitForm } from "./post-form.ts";
import type { quotedFrom } from "./quotes.ts";
import type { fetchPage } from "./server-page.ts";

export interface ActionOwner {
  readonly me: string;
  readonly room: OpenRoom;
  readonly field: HTMLTextAreaElement;
  say(text: string): void;
  reply(entry: HTMLElement): void;
  readonly ask: typeof ask;
  readonly createDraft: typeof createDraft;
  readonly keepEdit: typeof keepEdit;
  readonly submitForm: typeof submitForm;
  readonly fetchPage: typeof fetchPage;
  readonly quotedFrom: typeof quotedFrom;
}

export interface Actions {
  /** What somebody did before this code was there. */
  begin(event: Event): void;
  edit(entry: HTMLElement): void;
  readonly absent: AbsentNotice;
}

/** Their style sheet; the build knows it. */
declare const ACTIONS_LOOK: string;

export function offerActions(owner: ActionOwner): Actions {
  const look = new CSSStyleSheet();
  look.replaceSync(ACTIONS_LOOK);
  document.adoptedStyleSheets.push(look);
  const absent = createAbsentNotice(owner);
  const editing = { ...owner, edited: (id: string) => void absent.look(id) };
  completeWords(owner);
  return {
    absent,
    begin: offerMessageMenu(editing),
    edit: (entry) => void editInPlace(entry, editing),
  };
}
