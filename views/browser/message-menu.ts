/** What can be done with the message under the pointer or the focus: one menu for all of them, put into the one that is meant. */
import { confirmDelete } from "./confirm-delete.ts";
import { copyText } from "./copy-text.ts";
import { type EditOwner, editInPlace } from "./edit-message.ts";
import { findEmoji } from "./emoji.ts";
import { isWriting } from "./keyboard.ts";
import { createMenuPlace, isPhone } from "./menu-place.ts";
import { byId, type OpenRoom, roomUrl } from "./page.ts";
import { postForm } from "./post-form.ts";
import { quickEmoji } from "./quick-emoji.ts";
import { react, reactionsAction } from "./reactions.ts";

const MESSAGE = "#log > .message";
/** What does something of its own when it is tapped. */
const ACTIVE = "a, button, form, summary";
const COPY = "Copy link";

export interface MenuOwner extends EditOwner {
  reply(entry: HTMLElement): void;
}

export function offerMessageMenu(room: OpenRoom, { reply, ...owner }: MenuOwner): void {
  const { me, say } = owner;
  const { log } = room;
  const menu = document.createElement("div");
  menu.id = "message-menu";
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", "What to do with this message");
  const all = document.createElement("div");
  all.className = "all";
  const answer = button("reply", "Reply");
  answer.title = "Reply (R)";
  answer.setAttribute("aria-keyshortcuts", "R");
  const more = button("more", "+", "More emoji");
  const copy = button("copy", COPY);
  const edit = button("edit", "Edit");
  const remove = button("delete", "Delete");
  menu.append(answer, ...quickEmoji.map((emoji) => choice(emoji)), more, copy, edit, remove, all);
  const place = createMenuPlace(menu, room.scroller);
  let entry: HTMLElement | undefined;
  /** Puts the question away that is asked before a message is deleted. */
  let unask: (() => void) | undefined;

  function open(target: EventTarget | null, asSheet = false): void {
    const found = target instanceof Element ? target.closest<HTMLElement>(MESSAGE) : null;
    if (!found || (menu.parentElement === found && place.isSheet() === asSheet)) return;
    close();
    if (isGone(found) || found.matches(".editing")) return;
    entry = found;
    edit.hidden = remove.hidden = !isOwn(found, me);
    found.append(menu);
    if (asSheet) {
      place.asSheet();
      answer.focus({ preventScroll: true });
    } else place.beside(found);
  }

  function close(): void {
    unask?.();
    unask = undefined;
    menu.remove();
    all.replaceChildren();
    more.setAttribute("aria-expanded", "false");
    copy.textContent = COPY;
    entry = undefined;
  }

  function askToDelete(about: HTMLElement): void {
    const sight = place.isSheet() ? undefined : room.scroller.getBoundingClientRect();
    unask = confirmDelete(
      { menu, asked: remove, entry: about, sight },
      {
        confirmed(byKey) {
          close();
          const url = `${roomUrl(room)}/messages/${about.dataset.id}/delete`;
          void postForm(url, {}).then((no) => say(no ?? "Deleted."));
          if (byKey) about.querySelector<HTMLElement>(".at")?.focus();
        },
        cancelled: stopAsking,
      },
    );
  }

  function stopAsking(): void {
    unask?.();
    unask = undefined;
    remove.focus({ preventScroll: true });
  }

  /** Something was begun in it: it stays where it is. */
  const isBusy = () => menu.isConnected && (all.childElementCount > 0 || unask !== undefined);

  function choose(chosen: HTMLButtonElement, byKey: boolean): void {
    const message = entry?.dataset.id ?? "";
    const { action = "", emoji } = chosen.dataset;
    if (action === "more") {
      showAll();
      return;
    }
    const about = entry;
    if (action === "delete" && about) {
      askToDelete(about);
      return;
    }
    if (action === "copy") {
      void copyLink();
      return;
    }
    close();
    if (action === "reply" && about) reply(about);
    if (emoji) void react(reactionsAction(room.id, message), emoji, say);
    if (action === "edit" && about) void editInPlace(room, about, owner);
    // A click without a pointer: who goes by keyboard stays at the message.
    if (action !== "edit" && action !== "reply" && byKey) about?.querySelector<HTMLElement>(".at")?.focus();
  }

  /** The address of the message; it stays in sight that it was copied. */
  async function copyLink(): Promise<void> {
    const done = await copyText(entry?.querySelector<HTMLAnchorElement>("a.at")?.href ?? location.href, menu);
    copy.textContent = done ? "Copied" : "Not copied";
    say(done ? "Link copied." : "The link could not be copied. The time of the message is a link, too.");
  }

  function showAll(): void {
    const shown = all.childElementCount > 0;
    all.replaceChildren(
      ...(shown ? [] : findEmoji("", Number.POSITIVE_INFINITY).map(({ character, name }) => choice(character, name))),
    );
    more.setAttribute("aria-expanded", String(!shown));
  }

  menu.addEventListener("click", ({ target, detail }) => {
    const chosen = target instanceof Element ? target.closest("button") : null;
    if (chosen) choose(chosen, detail === 0);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (unask) return stopAsking();
    const link = entry?.querySelector<HTMLElement>(".at");
    // The focus opens it again beside its message; what covered the page goes.
    if (place.isSheet()) link?.focus();
    close();
    link?.focus();
  });
  log.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "mouse" && !isBusy() && !place.isSheet()) open(target);
  });
  log.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse" && !isBusy() && !place.isSheet() && !menu.contains(document.activeElement)) close();
  });
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element) || !target.isConnected || menu.contains(target)) return;
    if (place.isSheet()) {
      // The tap beside a sheet closes it and does nothing else.
      event.preventDefault();
      close();
    } else if (!log.contains(target)) close();
    else if (!isPhone()) open(target);
    else if (!target.closest(ACTIVE)) open(target, true);
  });
  document.addEventListener("mousedown", (event) => {
    // Nor does it take the focus away.
    if (place.isSheet() && event.target instanceof Node && !menu.contains(event.target)) event.preventDefault();
  });
  // What a press gives the focus to is about to be clicked: no menu comes between.
  let pressed = false;
  for (const type of ["pointerdown", "pointercancel", "click", "keydown"]) {
    document.addEventListener(type, () => {
      pressed = type === "pointerdown";
    });
  }
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Node) || menu.contains(target)) return;
    if (log.contains(target) && !pressed) open(target);
    else if (!log.contains(target) && !isBusy()) close();
  });
  log.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey, defaultPrevented, isComposing } = event;
    if (key.toLowerCase() !== "r" || altKey || ctrlKey || metaKey || defaultPrevented || isComposing) return;
    const found = target instanceof Element && !isWriting(target) ? target.closest<HTMLElement>(MESSAGE) : null;
    if (!found || isGone(found)) return;
    event.preventDefault();
    close();
    reply(found);
  });
  byId("text")?.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.defaultPrevented || (event.target as HTMLTextAreaElement).value) return;
    const own = [...log.querySelectorAll<HTMLElement>(":scope > .message")].filter((each) => isOwn(each, me)).pop();
    if (!own) return;
    event.preventDefault();
    close();
    void editInPlace(room, own, owner);
  });
}

/** Theirs to change: written by them, and there. */
function isOwn(entry: HTMLElement, me: string): boolean {
  return entry.dataset.author === me && !isGone(entry);
}

const isGone = (entry: HTMLElement) => entry.querySelector(":scope > .deleted") !== null;

function choice(emoji: string, name = ""): HTMLButtonElement {
  const made = button("react", emoji, `React with ${name.replaceAll("_", " ") || emoji}`);
  made.dataset.emoji = emoji;
  return made;
}

function button(action: string, text: string, label = ""): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.action = action;
  made.textContent = text;
  if (label) {
    made.title = label;
    made.setAttribute("aria-label", label);
  }
  return made;
}
