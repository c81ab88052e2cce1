/** Edits a message where it stands: the form comes from the message's own page, which knows what was written, and in which version. */
import { entryOf } from "./changes.ts";
import { isTouch } from "./composer.ts";
import { byId, type OpenRoom, roomUrl } from "./page.ts";
import { submitForm } from "./post-form.ts";
import { fetchPage } from "./server-page.ts";

const MESSAGE = "#log > .message";
/** Nobody is named without one of these (domain/mention.ts). */
const MAY_NAME = /[@＠﹫]/;
const NOT_READ = "The message could not be read. Try again when the connection is back.";

interface EditOwner {
  say(text: string): void;
  /** It is saved, and may name people. */
  edited(id: string): void;
}

export async function editInPlace(room: OpenRoom, entry: HTMLElement, { say, edited }: EditOwner): Promise<void> {
  const form = await readForm(`${roomUrl(room)}/messages/${entry.dataset.id}`);
  if (!form) return say(NOT_READ);
  // One at a time: the form has ids.
  for (const other of room.log.querySelectorAll(":scope > .editing")) stop(other);
  if (!entry.isConnected) return;
  begun = { id: entry.dataset.id ?? "", form };
  place(entry, form);
  run(begun, (text) => {
    if (text !== undefined && MAY_NAME.test(text)) edited(entry.dataset.id ?? "");
    stop(begun?.form.closest(MESSAGE) ?? entry);
    byId("text")?.focus({ preventScroll: true });
  });
}

/** @param end puts the form away; with the text that was saved */
function run({ id, form }: Edit, end: (saved?: string) => void): void {
  const field = form.querySelector("textarea");
  if (!field) return;
  let saving = false;
  const cancel = form.querySelector<HTMLElement>(".cancel") ?? addCancel(form);
  field.setSelectionRange(field.value.length, field.value.length);
  field.focus();

  async function save(text: string): Promise<void> {
    if (saving) return;
    saving = true;
    const version = form.querySelector<HTMLInputElement>("[name=version]")?.value ?? "";
    const trouble = await submitForm(form.action, { text, version });
    saving = false;
    // It was put away meanwhile.
    if (begun?.form !== form) return;
    if (!trouble) return end(text);
    const again = trouble.page?.querySelector<HTMLFormElement>("form.edit:has(.conflict)");
    if (!again) return warn(form, trouble.sentence);
    // It was edited elsewhere: the server shows both, and saving once more replaces the newer text.
    begun = { id, form: again };
    form.replaceWith(again);
    run(begun, end);
  }

  cancel.addEventListener("click", (event) => {
    event.preventDefault();
    end();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save(field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && !event.shiftKey && !isTouch()) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}

function addCancel(form: HTMLFormElement): HTMLElement {
  form.querySelector("label")?.classList.add("visually-hidden");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.querySelector("[type=submit]")?.after(" ", cancel);
  return cancel;
}

function warn(form: HTMLFormElement, sentence: string): void {
  const line = form.querySelector<HTMLElement>(".problem") ?? document.createElement("p");
  line.className = "problem";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  form.prepend(line);
}

async function readForm(url: string): Promise<HTMLFormElement | undefined> {
  try {
    const { document: page } = await fetchPage(url);
    return page.querySelector<HTMLFormElement>("form.edit") ?? undefined;
  } catch {
    return undefined;
  }
}

/** The edit that is open; its message may be out of the list for a while. */
let begun: Edit | undefined;

interface Edit {
  readonly id: string;
  readonly form: HTMLFormElement;
}

/** Somebody is writing in it. */
export const isEditing = () => begun?.form.contains(document.activeElement) ?? false;

/** Its message may have come into the list again, as the server has it. */
export function keepEditIn(log: HTMLElement): void {
  if (!begun || begun.form.isConnected) return;
  const entry = entryOf(log, begun.id);
  if (entry && !entry.querySelector(":scope > .deleted")) place(entry, begun.form);
}

/** The same for a change that takes the message out and puts it in: who writes goes on writing. */
export function keepEditThrough(log: HTMLElement, change: () => void): void {
  const field = isEditing() ? document.activeElement : undefined;
  change();
  keepEditIn(log);
  if (field instanceof HTMLElement && field.isConnected) field.focus({ preventScroll: true });
}

function place(entry: Element, form: HTMLFormElement): void {
  entry.classList.add("editing");
  entry.querySelector(":scope > .text")?.after(form);
}

function stop(entry: Element): void {
  begun = undefined;
  entry.classList.remove("editing");
  entry.querySelector(":scope > .edit")?.remove();
}
