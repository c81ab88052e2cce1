/** The field messages are written in: keys, size, what it answers, draft and typing signal. Without it the form posts as any other. */

import { createDraftSync } from "./draft-sync.ts";
import { createDraft, type Draft, EMPTY, type Written } from "./drafts.ts";
import { isPlain, make } from "./elements.ts";
import { bytesOver, describeSize } from "./message-size.ts";
import type { Quoted } from "./quotes.ts";
import { createReplyChip } from "./reply-chip.ts";

const TYPING_EVERY_MS = 3_000;
const TOO_MANY = "Too many messages are waiting to be sent. Try again when the connection is back.";
const ANSWERED_GONE = "The message that you were replying to was deleted.";

export interface ComposerOwner {
  /** False: the message was not taken, because too many wait. A rejection falls back to the plain form. */
  send(written: Written): Promise<boolean>;
  typing(): void;
}

export interface Composer {
  readonly field: HTMLTextAreaElement;
  focus(): void;
  /** Puts a message back for editing. */
  edit(written: Written): void;
  /** What is written from now on answers this. */
  reply(quoted: Quoted): void;
}

export function createComposer(user: string, room: string, owner: ComposerOwner): Composer | undefined {
  const field = document.querySelector<HTMLTextAreaElement>("#composer textarea");
  return field?.form ? runComposer(field, field.form, createDraft(user, room), owner) : undefined;
}

function runComposer(field: HTMLTextAreaElement, form: HTMLFormElement, draft: Draft, owner: ComposerOwner): Composer {
  const note = sizeNote(form, field);
  let typedAt = 0;
  const focus = () => field.focus({ preventScroll: true });
  const chip = createReplyChip(
    form,
    field,
    () => {
      changed();
      focus();
    },
    () => {
      changed();
      note.textContent = ANSWERED_GONE;
    },
  );

  const written = (): Written => ({ text: field.value, replyTo: chip.quoted() });
  const sync = createDraftSync(draft, { read: written, show });
  // What the server puts back into the form goes before what was kept.
  if (field.value) fill(written());
  else sync.begin();

  function draw(): void {
    note.textContent = describeSize(bytesOver(field.value));
    fit(field);
  }

  function show({ text, replyTo }: Written): void {
    field.value = text;
    chip.set(replyTo);
    draw();
  }

  function changed(): void {
    draw();
    sync.changed();
  }

  function fill(own: Written): void {
    show(own);
    sync.changed();
  }

  async function submit(): Promise<void> {
    const message = written();
    if (!message.text.trim() || bytesOver(message.text) > 0) return field.focus();
    show(EMPTY);
    sync.sent(message);
    typedAt = 0;
    focus();
    try {
      if (await owner.send(message)) return;
      fill(message);
      note.textContent = TOO_MANY;
    } catch {
      fill(message);
      form.submit();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !isPlain(event)) return;
    // 229: some browsers report the Enter that ends a composition only so.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || isTouch()) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => {
    changed();
    const now = Date.now();
    if (!field.value.trim() || now - typedAt < TYPING_EVERY_MS) return;
    typedAt = now;
    owner.typing();
  });
  // Who leaves the field may be about to sign out, which asks about what is kept.
  field.addEventListener("blur", sync.leave);
  addEventListener("pagehide", sync.leave);
  addEventListener("storage", ({ key, newValue }) => sync.hear(key, newValue));
  for (const wake of ["focus", "pageshow"]) addEventListener(wake, sync.wake);
  document.addEventListener("visibilitychange", sync.wake);
  if (!isTouch() && !location.hash.startsWith("#m-")) focus();
  return {
    field,
    focus,
    edit({ text, replyTo }) {
      fill({ text: field.value ? `${text}\n${field.value}` : text, replyTo: chip.quoted() ?? replyTo });
      focus();
    },
    reply(quoted) {
      fill({ text: field.value, replyTo: quoted });
      focus();
    },
  };
}

/** Where CSS cannot size the field to its text. */
function fit(field: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function sizeNote(form: HTMLFormElement, field: HTMLTextAreaElement): HTMLElement {
  const note = document.getElementById("composer-note") ?? make("p", { id: "composer-note" });
  note.role = "status";
  if (!note.isConnected) form.append(note);
  field.setAttribute("aria-describedby", note.id);
  return note;
}

export const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;
