/** What can be done with the message under the pointer or the focus: one menu for all of them, put into the one that is meant. */
import { confirmDelete } from "./confirm-delete.ts";
import { copyText } from "./copy-text.ts";
import { type EditOwner, editInPlace } from "./edit-message.ts";
import { closest, make } from "./elements.ts";
import { findEmoji } from "./emoji.ts";
import { isWriting } from "./keyboard.ts";
import { createMenuPlace, isPhone } from "./menu-place.ts";
import { roomUrl } from "./page.ts";
import { quickEmoji } from "./quick-emoji.ts";
import { reactionsAction } from "./reactions.ts";

const MESSAGE = "#log > .message";
/** What does something of its own when it is tapped. */
const ACTIVE = "a, button, form, summary";
const COPY = "Copy link";

/** @returns does what was done before it was there */
export function offerMessageMenu(owner: EditOwner): (event: Event) => void {
  const { me, room, field, say, reply } = owner;
  const { log } = room;
  const menu = make("div", { id: "message-menu", role: "group", ariaLabel: "What to do with this message" });
  const all = make("div", { className: "all" });
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
    const found = closest(target, MESSAGE);
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
    more.ariaExpanded = "false";
    copy.textContent = COPY;
    entry = undefined;
  }

  function askToDelete(about: HTMLElement): void {
    const sight = place.isSheet() ? undefined : room.scroller.getBoundingClientRect();
    unask = confirmDelete(
      { menu, asked: remove, excerpt: owner.quotedFrom(about).text, sight },
      {
        confirmed(byKey) {
          close();
          const url = `${roomUrl(room)}/messages/${about.dataset.id}/delete`;
          void owner.submitForm(url, {}).then((no) => say(no?.sentence ?? "Deleted."));
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
    if (emoji) void react(message, emoji);
    if (action === "edit" && about) void editInPlace(about, owner);
    // A click without a pointer: who goes by keyboard stays at the message.
    if (action !== "edit" && action !== "reply" && byKey) about?.querySelector<HTMLElement>(".at")?.focus();
  }

  async function react(message: string, emoji: string): Promise<void> {
    const trouble = await owner.submitForm(reactionsAction(room.id, message), { emoji });
    if (trouble) say(trouble.sentence);
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
    more.ariaExpanded = String(!shown);
  }

  menu.addEventListener("click", ({ target, detail }) => {
    const chosen = closest<HTMLButtonElement>(target, "button");
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
  document.addEventListener("click", onClick);
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
  log.addEventListener("keydown", replyByKey);
  field.addEventListener("keydown", editByKey);
  // Who moved there before.
  open(log.querySelector(":focus-visible") ?? (canHover() ? log.querySelector(":scope > .message:hover") : null));
  return (event) => {
    if (event instanceof KeyboardEvent) (event.target === field ? editByKey : replyByKey)(event);
    else onClick(event);
  };

  function onClick(event: Event): void {
    const { target } = event;
    if (!(target instanceof Element) || !target.isConnected || menu.contains(target)) return;
    if (place.isSheet()) {
      // The tap beside a sheet closes it and does nothing else.
      event.preventDefault();
      close();
    } else if (!log.contains(target)) close();
    else if (!isPhone()) open(target);
    else if (!target.closest(ACTIVE)) open(target, true);
  }

  function replyByKey(event: KeyboardEvent): void {
    const { key, target, altKey, ctrlKey, metaKey, defaultPrevented, isComposing } = event;
    if (key.toLowerCase() !== "r" || altKey || ctrlKey || metaKey || defaultPrevented || isComposing) return;
    const found = closest(target, MESSAGE);
    if (!found || isWriting(target) || isGone(found)) return;
    event.preventDefault();
    close();
    reply(found);
  }

  function editByKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowUp" || event.defaultPrevented || field.value) return;
    const own = [...log.querySelectorAll<HTMLElement>(":scope > .message")].filter((each) => isOwn(each, me)).pop();
    if (!own) return;
    event.preventDefault();
    close();
    void editInPlace(own, owner);
  }
}

const canHover = () => matchMedia("(hover: hover)").matches;

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
  const made = make("button", { type: "button", ...(label && { title: label, ariaLabel: label }) }, text);
  made.dataset.action = action;
  return made;
}
