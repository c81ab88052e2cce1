/** Shows own messages that are not in the log yet, below it, with their state and what can be done about it. */
import { closest, make } from "./elements.ts";
import { isGrouped } from "./group.ts";
import { isUnanswerable, type PendingState } from "./outbox.ts";
import type { Entry } from "./outbox-store.ts";
import { byId, type OpenRoom } from "./page.ts";
import { makeQuote } from "./quotes.ts";
import { localizeTimes } from "./times.ts";

const WAITING = "Not sent yet — retrying";
const BUTTONS = [
  ["retry", "Try again"],
  ["unquote", "Send without the quote"],
  ["edit", "Edit"],
  ["discard", "Discard"],
] as const;

export interface PendingActions {
  retry(id: string): void;
  /** The same without what it answers. */
  unquote(id: string): void;
  edit(id: string): void;
  discard(id: string): void;
  /** The entry is in the log already. */
  arrived(id: string): void;
}

export interface Pending {
  show(entry: Entry, state: PendingState): void;
  hide(id: string): void;
  /** Takes away what the server had acknowledged before the log was read or resumed. */
  clearSent(before: number): void;
}

export function createPending(room: OpenRoom, actions: PendingActions): Pending {
  const items = new Map<string, HTMLElement>();
  const sentAt = new Map<string, number>();
  const list = make("ol", { id: "pending", ariaLabel: "Not sent yet", hidden: true });
  (byId("newer") ?? room.log).after(list);
  list.addEventListener("click", ({ target }) => {
    const button = closest(target, "button");
    const id = button?.closest<HTMLElement>("li")?.dataset.id;
    const action = BUTTONS.find(([name]) => name === button?.dataset.action)?.[0];
    if (id && action) actions[action](id);
  });

  function hide(id: string): void {
    if (!items.has(id)) return;
    items.get(id)?.remove();
    items.delete(id);
    sentAt.delete(id);
    drawList();
  }

  function drawList(): void {
    list.hidden = items.size === 0;
    for (const item of items.values()) item.classList.toggle("grouped", isGrouped(item));
  }

  return {
    hide,
    show(entry, state) {
      if (entry.room !== room.id) return;
      if (room.log.querySelector(`:scope > [data-id="${CSS.escape(entry.id)}"]`)) {
        hide(entry.id);
        queueMicrotask(() => actions.arrived(entry.id));
        return;
      }
      const item = items.get(entry.id) ?? createItem(entry);
      items.set(entry.id, item);
      item.dataset.state = state;
      describe(item, entry, state);
      if (state === "sent") sentAt.set(entry.id, Date.now());
      if (!item.isConnected) place(list, item);
      drawList();
    },
    clearSent(before) {
      for (const [id, at] of sentAt) if (at < before) hide(id);
    },
  };
}

/** Ids rise with time, so their order is the order of writing, whichever tab wrote. */
function place(list: HTMLElement, item: HTMLElement): void {
  const id = item.dataset.id ?? "";
  const later = [...list.children].find((other) => other instanceof HTMLElement && (other.dataset.id ?? "") > id);
  list.insertBefore(item, later ?? null);
}

function createItem(entry: Entry): HTMLElement {
  const template = document.getElementById("pending-template");
  const model = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  const copy = model?.cloneNode(true);
  const item = copy instanceof HTMLElement ? copy : make("li");
  item.classList.add("message", "pending", "mine");
  Object.assign(item.dataset, { id: entry.id, author: entry.user, at: new Date(entry.at).toISOString() });
  const text = slot(item, "text");
  text.textContent = entry.text;
  if (entry.replyTo) text.before(makeQuote(entry.replyTo));
  const time = item.querySelector("time");
  if (time) time.dateTime = item.dataset.at ?? "";
  localizeTimes(item);
  return item;
}

function describe(item: HTMLElement, entry: Entry, state: PendingState): void {
  const line = slot(item, "state");
  line.textContent = state === "waiting" ? WAITING : "";
  if (!entry.replyTo) item.querySelector(".quote")?.remove();
  if (state !== "refused") return;
  const unfit = isUnanswerable(entry) ? "retry" : "unquote";
  const fitting = BUTTONS.filter(([action]) => action !== unfit);
  line.append(entry.refusal?.sentence ?? "", ...fitting.flatMap(button));
}

function button([action, label]: (typeof BUTTONS)[number]): (string | Node)[] {
  const element = make("button", { type: "button", className: "quiet" }, label);
  element.dataset.action = action;
  return [" ", element];
}

function slot(item: HTMLElement, name: string): HTMLElement {
  const present = item.querySelector<HTMLElement>(`.${name}`);
  if (present) return present;
  const made = make("div", { className: name });
  item.append(made);
  return made;
}
