/** Shows each entry of the open room once, in order, without holes, and keeps the list short enough to stay quick. */
import { applyChange } from "./changes.ts";
import { separateDays } from "./days.ts";
import type { Change, Place, ServerFrame } from "./frames.ts";
import { atHalfTime } from "./next-frame.ts";
import { type OpenRoom, readPosition, roomUrl } from "./page.ts";
import { judge, type Position } from "./position.ts";
import { forgetTold, requoteIn } from "./quotes.ts";
import { markOwnReactions } from "./reactions.ts";
import { fetchPage } from "./server-page.ts";
import { localizeTimes } from "./times.ts";

/** While at the newest message the list is cut back to ENTRIES_KEPT as soon as it is TRIM_SLACK longer. */
const ENTRIES_KEPT = 500;
const TRIM_SLACK = 100;
/** While the reader is further up, the list grows to this; after that the newest are read when they come down. */
const ENTRIES_MAX = 2_000;
/** Changes kept for entries that are about to come. */
const EARLY_MAX = 500;
/** A tab that is not drawn may sleep for long: more than this does not wait for it. */
const ARRIVALS_MAX_CHARS = 200_000;

export const TOP = "#older, #beginning";

export interface TimelineEvents {
  atEnd(): boolean;
  toEnd(): void;
  /** Makes the change without moving what the reader sees. */
  keepPlace(change: () => void): void;
  /** New entries are in the list; `live` is false for those of the page itself. */
  arrived(entries: readonly HTMLElement[], live: boolean): void;
  /** The list was read again from the server. */
  replaced(): void;
  /** A frame was refused, or the room could not be read: connect again. */
  refuse(): void;
  progressed(): void;
}

export interface Timeline {
  position(): Position;
  /** False while the newest entries are left out of a list that grew too long. */
  complete(): boolean;
  run(frame: ServerFrame): void;
  /** Puts into the list what waits for the next frame; needed before something in it is changed. */
  settle(): void;
  /** False if something before it is missing. */
  caughtUp(place: Place): boolean;
  /** Reads the room again; never rejects. */
  reread(): Promise<void>;
  /** Dresses entries put at the start of the list, then the days after them. */
  dressOlder(entries: readonly HTMLElement[]): void;
}

export function createTimeline(me: string, room: OpenRoom, events: TimelineEvents): Timeline {
  const { log, section } = room;
  let position = readPosition(section);
  let last: Element | null = null;
  let complete = true;
  let rereading: Promise<void> | undefined;
  /** Changes of messages that are not in the list: about to come, or not shown. */
  let early: Change[] = [];
  /** HTML of entries that come into the list together, before the next paint. */
  let arrivals = "";
  let arriving = 0;
  const takeInSoon = atHalfTime(() => takeIn(true));
  takeIn(false);

  function takeIn(live: boolean): void {
    log.insertAdjacentHTML("beforeend", arrivals);
    forget();
    const first = last ? last.nextElementSibling : log.firstElementChild;
    const entries: HTMLElement[] = [];
    for (let entry = first; entry; entry = entry.nextElementSibling) {
      if (entry instanceof HTMLElement && entry.dataset.at) entries.push(entry);
    }
    for (const change of early) applyChange(log, me, change);
    early = [];
    for (const entry of entries) requoteIn(entry);
    dress(entries);
    separateDays(first);
    if (live && events.atEnd()) trim();
    last = log.lastElementChild;
    if (entries.length === 0) return;
    events.arrived(entries, live);
  }

  function forget(): void {
    arrivals = "";
    arriving = 0;
  }

  function dress(entries: readonly HTMLElement[]): void {
    for (const entry of entries) {
      localizeTimes(entry);
      markOwnReactions(entry, me);
      if (entry.dataset.author === me) entry.classList.add("mine");
      if (entry.dataset.asker === me) entry.classList.add("asked");
      if (entry.dataset.mentions?.split(" ").includes(me)) entry.classList.add("mentioned");
    }
  }

  function trim(): void {
    const surplus = log.childElementCount - ENTRIES_KEPT;
    if (surplus < TRIM_SLACK) return;
    for (let left = surplus; left > 0; left--) log.firstElementChild?.remove();
    const first = log.querySelector<HTMLElement>(":scope > [data-offset]");
    first?.classList.remove("grouped");
    separateDays(first);
    const link = document.createElement("a");
    link.href = `${roomUrl(room)}?before=${first?.dataset.offset}`;
    link.id = "older";
    link.textContent = "Older messages";
    setTop(room, link);
  }

  async function read(): Promise<void> {
    const { document: page, redirectedTo } = await fetchPage(roomUrl(room));
    const fresh = page.getElementById("room");
    const list = page.getElementById("log");
    if (!fresh || !list) return location.assign(redirectedTo ?? location.href);
    const { epoch, offset } = fresh.dataset;
    section.dataset.epoch = epoch ?? "";
    section.dataset.offset = offset ?? "0";
    const before = position;
    const change = () => {
      log.replaceChildren(...list.children);
      forget();
      forgetTold();
      setTop(room, page.querySelector(TOP));
      position = readPosition(section);
      last = null;
      takeIn(false);
    };
    const stays = complete && !events.atEnd();
    complete = true;
    if (stays) events.keepPlace(change);
    else change();
    if (!stays) events.toEnd();
    events.replaced();
    // What arrived while the page was fetched may be newer than it: taken again from there.
    if (before.epoch === position.epoch && before.shown > position.shown) events.refuse();
  }

  function reread(): Promise<void> {
    rereading ??= read()
      .catch(() => events.refuse())
      .finally(() => {
        rereading = undefined;
      });
    return rereading;
  }

  return {
    position: () => position,
    complete: () => complete,
    reread,
    run(frame) {
      const { run, content = "", changes = [] } = frame;
      const verdict = run && room.live ? judge(position, run) : "drop";
      if (!run || verdict === "drop") return;
      if (verdict === "hole") return events.refuse();
      const after = position.shown;
      position = { ...position, shown: run.to };
      early = [...early, ...changes.filter((change) => !applyChange(log, me, change))].slice(-EARLY_MAX);
      events.progressed();
      complete &&= log.childElementCount + arriving < ENTRIES_MAX || events.atEnd();
      if (!complete || content === "") return;
      arriving += run.to - after;
      arrivals += verdict === "show" ? content : cut(content, after);
      if (arrivals.length > ARRIVALS_MAX_CHARS) takeIn(true);
      else takeInSoon();
    },
    settle() {
      if (arrivals !== "") takeIn(true);
    },
    caughtUp(place) {
      const whole = place.epoch === position.epoch && place.offset <= position.shown;
      if (whole) events.progressed();
      else events.refuse();
      return whole;
    },
    dressOlder(entries) {
      dress(entries);
      separateDays(log.firstElementChild);
    },
  };
}

/** What stands above the list: the link to older messages, or the beginning of the room. */
export function setTop({ log }: OpenRoom, element: Element | null): void {
  document.querySelector(TOP)?.remove();
  if (element) log.before(element);
}

/** The entries of a run that come after `offset`. */
function cut(content: string, offset: number): string {
  const list = new DOMParser().parseFromString(`<ol>${content}</ol>`, "text/html").querySelector("ol");
  const entries = [...(list?.children ?? [])] as HTMLElement[];
  return entries
    .filter((entry) => Number(entry.dataset.offset) > offset)
    .map((entry) => entry.outerHTML)
    .join("");
}
