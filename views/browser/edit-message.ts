/** Edits a message where it stands: the form comes from the message's own page, which knows what was written, and in which version. */

import type { ActionOwner } from "./actions.ts";
import { isTouch } from "./composer.ts";
import { type Draft, EMPTY, isEmpty } from "./drafts.ts";
import { make } from "./elements.ts";
import { bytesOver, describeSize } from "./message-size.ts";
import type { OpenEdit } from "./open-edit.ts";
import { roomUrl } from "./page.ts";

const MESSAGE = "#log > .message";
/** Nobody is named without one of these (domain/mention.ts). */
const MAY_NAME = /[@＠﹫]/;
const NOT_READ = "The message could not be read. Try again when the connection is back.";
const KEPT = "These are your changes from before. They are not saved yet.";

export interface EditOwner extends ActionOwner {
  /** It is saved, and may name people. */
  edited(id: string): void;
}

export async function editInPlace(entry: HTMLElement, owner: EditOwner): Promise<void> {
  const { me, room, field: composer, say, edited } = owner;
  const { id = "" } = entry.dataset;
  const form = await readForm(owner, `${roomUrl(room)}/messages/${id}`);
  const field = form?.querySelector("textarea");
  if (!form || !field) return say(NOT_READ);
  // One at a time: the form has ids. What was written into the other is kept.
  for (const other of room.log.querySelectorAll(":scope > .editing")) stop(other, owner);
  if (!entry.isConnected) return;
  const draft = owner.createDraft(me, `edit-${id}`);
  const own = draft.own();
  const theirs = isEmpty(own) ? draft.newest() : undefined;
  const kept = theirs ?? own;
  const version = versionIn(form);
  begun = { id, form, draft, from: theirs?.key, before: field.value, version: version?.value };
  if (!isEmpty(kept)) {
    field.value = kept.text;
    // If it was edited since, saving shows both.
    if (version) begun.version = version.value = kept.version ?? version.value;
  }
  remember(id);
  owner.keepEdit(room.log, begun);
  run(owner, begun, (text) => {
    if (text !== undefined && MAY_NAME.test(text)) edited(id);
    begun?.draft.write(EMPTY);
    if (begun?.from) begun.draft.take(begun.from);
    remember();
    stop(begun?.form.closest(MESSAGE) ?? entry, owner);
    composer.focus({ preventScroll: true });
  });
  const note = noteOf(form, field);
  note.classList.toggle("hint", !note.textContent);
  if (!isEmpty(kept)) note.textContent ||= KEPT;
}

/** @param end puts the form away; with the text that was saved */
function run(owner: EditOwner, { id, form, draft, before, ...edit }: Edit, end: (saved?: string) => void): void {
  const field = form.querySelector("textarea");
  if (!field) return;
  let saving = false;
  const cancel = form.querySelector<HTMLElement>(".cancel");
  const note = noteOf(form, field);
  field.setSelectionRange(field.value.length, field.value.length);
  field.focus();

  async function save(text: string): Promise<void> {
    if (saving) return;
    saving = true;
    const trouble = await owner.submitForm(form.action, { text, version: versionIn(form)?.value ?? "" });
    saving = false;
    // It was put away meanwhile.
    if (begun?.form !== form) return;
    if (!trouble) return end(text);
    const again = trouble.page?.querySelector<HTMLFormElement>("form.edit:has(.conflict)");
    if (!again) return warn(form, trouble.sentence);
    // It was edited elsewhere: the server shows both, and saving once more replaces the newer text.
    begun = { id, form: again, draft, before, ...edit };
    form.replaceWith(again);
    owner.keepEdit(owner.room.log, begun);
    run(owner, begun, end);
  }

  function drop(): void {
    if (field?.value === before) end();
    else owner.ask("Your changes to this message are not saved.", "Keep editing", "Drop the changes", () => end());
  }

  cancel?.addEventListener("click", (event) => {
    event.preventDefault();
    end();
  });
  if (!cancel) addCancel(form).addEventListener("click", drop);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (bytesOver(field.value) > 0) field.focus();
    else void save(field.value);
  });
  const showSize = () => {
    note.className = "";
    note.textContent = describeSize(bytesOver(field.value));
  };
  showSize();
  field.addEventListener("input", () => {
    showSize();
    draft.write({ text: field.value === before ? "" : field.value, version: edit.version });
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") drop();
    else if (event.key === "Enter" && !event.shiftKey && !isTouch()) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}

function noteOf(form: HTMLFormElement, field: HTMLElement): HTMLElement {
  const note = form.querySelector<HTMLElement>("#edit-note") ?? make("p", { id: "edit-note" });
  note.role = "status";
  field.after(note);
  field.setAttribute("aria-describedby", note.id);
  return note;
}

const versionIn = (form: HTMLFormElement) => form.querySelector<HTMLInputElement>("[name=version]") ?? undefined;

/** Which message is edited, through a reload. */
function remember(editing?: string): void {
  history.replaceState({ ...history.state, editing }, "");
}

function addCancel(form: HTMLFormElement): HTMLElement {
  form.querySelector("label")?.classList.add("visually-hidden");
  const cancel = make("button", { type: "button" }, "Cancel");
  form.querySelector("[type=submit]")?.after(" ", cancel);
  return cancel;
}

function warn(form: HTMLFormElement, sentence: string): void {
  const line = form.querySelector<HTMLElement>(".problem") ?? make("p", { className: "problem" });
  line.role = "alert";
  line.textContent = sentence;
  form.prepend(line);
  form.scrollIntoView({ block: "nearest" });
}

async function readForm({ fetchPage }: EditOwner, url: string): Promise<HTMLFormElement | undefined> {
  try {
    const { document: page } = await fetchPage(url);
    return page.querySelector<HTMLFormElement>("form.edit") ?? undefined;
  } catch {
    return undefined;
  }
}

let begun: Edit | undefined;

interface Edit extends OpenEdit {
  readonly draft: Draft;
  /** Where what it began with is kept, if another tab wrote that. */
  readonly from: string | undefined;
  /** What the message says. */
  readonly before: string;
  /** The version that this is to replace. */
  version: string | undefined;
}

function stop(entry: Element, { room, keepEdit }: EditOwner): void {
  begun = undefined;
  keepEdit(room.log, undefined);
  entry.classList.remove("editing");
  entry.querySelector(":scope > .edit")?.remove();
}
