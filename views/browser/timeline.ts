/** Shows each entry of the open room once, in order, without holes, and keeps the list short enough to stay quick. */
import { applyChange } from "./changes.ts";
import { separateDays } from "./days.ts";
import { dress } from "./dress.ts";
import { foldNotes } from "./folds.ts";
import type { Change, Place, ServerFrame } from "./frames.ts";
import {
  bottomOf,
  cutBack,
  entriesOf,
  firstOffset,
  newerLink,
  offsetOf,
  offsetUpTo,
  olderLink,
  setBottom,
  setTop,
  topOf,
} from "./list-ends.ts";
import { atHalfTime } from "./next-frame.ts";
import { keepEditIn, keepEditThrough } from "./open-edit.ts";
import { type OpenRoom, readPlace, readPosition, roomUrl } from "./page.ts";
import { judge, type Position } from "./position.ts";
import { forgetTold, requoteIn } from "./quotes.ts";
import { fetchPage } from "./server-page.ts";

/** While the reader is further up, the list grows to this; after that the newest are read when they come down. */
const ENTRIES_MAX = 2_000;
/** Changes kept for entries that are not in the list, the newest. */
const EARLY_MAX = 500;
/** How often the room is read again for a reader who went on meanwhile. */
const PLACE_TRIES = 2;
/** A tab that is not drawn may sleep for long: more than this does not wait for it. */
const ARRIVALS_MAX_CHARS = 200_000;

export interface TimelineEvents {
  atEnd(): boolean;
  toEnd(): void;
  /** The offset of the entry that the reader is at; undefined at the newest message. */
  place(): number | undefined;
  /** Makes the change without moving what the reader sees. */
  keepPlace(change: () => void): void;
  /** New entries are in the list; `live` is false for those of the page itself. */
  arrived(entries: readonly HTMLElement[], live: boolean): void;
  /** The list was read from the server, up to the newest message. */
  replaced(): void;
  /** A frame was refused, or the room could not be read: connect again. */
  refuse(): void;
  progressed(): void;
}

export interface Timeline {
  position(): Position;
  /** False while the newest entries are not in the list: it began further back, or grew too long. */
  complete(): boolean;
  run(frame: ServerFrame): void;
  /** Puts into the list what waits for the next frame; needed before something in it is changed. */
  settle(): void;
  /** False if something before it is missing. */
  caughtUp(place: Place): boolean;
  /** Reads the room again around where its reader is, or around an entry; never rejects. */
  reread(at?: number): Promise<void>;
  /** Reads the newest messages and leads to their end; never rejects. */
  latest(): Promise<void>;
  /** Puts what is new in a page of the server's before the list. */
  prepend(page: Document): void;
  /** Puts what is new in a page of the server's after the list; with the newest of them the list goes on live. */
  append(page: Document): void;
}

export function createTimeline(me: string, room: OpenRoom, events: TimelineEvents): Timeline {
  const { log, section } = room;
  let position = readPosition(section);
  let last: Element | null = null;
  let complete = bottomOf(document) === null;
  let rereading: Promise<void> | undefined;
  /** Changes of messages that are not in the list: about to come, or not shown. */
  let early: Change[] = [];
  /** HTML of entries that come into the list together, before the next paint. */
  let arrivals = "";
  let arriving = 0;
  const takeInSoon = atHalfTime(() => takeIn(true));
  takeIn(false);

  function takeIn(live: boolean): void {
    let shown = offsetUpTo(last);
    log.insertAdjacentHTML("beforeend", arrivals);
    forget();
    const entries: HTMLElement[] = [];
    for (let entry = last ? last.nextElementSibling : log.firstElementChild; entry; ) {
      const next = entry.nextElementSibling;
      if (entry instanceof HTMLElement && entry.dataset.at) {
        // A run may begin before what is shown already, or was brought by a page of the server's.
        if (offsetOf(entry) <= shown) entry.remove();
        else entries.push(entry);
        shown = Math.max(shown, offsetOf(entry));
      }
      entry = next;
    }
    welcome(entries, last ? last.nextElementSibling : log.firstElementChild);
    if (live && events.atEnd()) trimTop();
    last = log.lastElementChild;
    if (entries.length > 0) events.arrived(entries, live);
  }

  /** What is new in the list gets what is known of it already, the looks that only its reader sees, and the days. */
  function welcome(entries: readonly HTMLElement[], first: Element | null): void {
    const ids = new Set(entries.map(({ dataset }) => dataset.id));
    early = early.filter((change) => !(ids.has(change.id) && applyChange(log, me, change)));
    for (const entry of entries) requoteIn(entry);
    dress(entries, me);
    keepEditIn(log);
    separateDays(first);
    foldNotes(first);
  }

  function forget(): void {
    arrivals = "";
    arriving = 0;
  }

  function trimTop(): void {
    if (!cutBack(log, "firstElementChild")) return;
    const first = log.querySelector(":scope > [data-offset]");
    first?.classList.remove("grouped");
    separateDays(first);
    setTop(room, olderLink(room));
  }

  /** From here on new entries are read from the server when their reader comes down to them. */
  function leaveOut(): void {
    forget();
    complete = false;
    last = log.lastElementChild;
    setBottom(room, newerLink(room));
  }

  async function read(at: number | undefined, tries: number): Promise<void> {
    const { document: page, redirectedTo } = await fetchPage(roomUrl(room) + (at === undefined ? "" : `?at=${at}`));
    const [list, there] = [page.getElementById("log"), readPlace(page)];
    if (!there || !list) return location.assign(redirectedTo ?? location.href);
    // The reader may have gone on meanwhile.
    const place = at === undefined ? undefined : events.place();
    if (place !== undefined && tries > 0 && !page.getElementById(`m-${place}`)) return await read(place, tries - 1);
    page.querySelector(".focused")?.classList.remove("focused");
    const before = position;
    const change = () => {
      keepEditThrough(log, () => log.replaceChildren(...list.children));
      forget();
      forgetTold();
      early = [];
      setTop(room, topOf(page));
      endAs(page);
      Object.assign(section.dataset, { epoch: there.epoch, offset: there.offset });
      position = readPosition(section);
      last = null;
      takeIn(false);
    };
    if (at === undefined) {
      change();
      events.toEnd();
    } else events.keepPlace(change);
    wentLive(before);
  }

  function endAs(page: Document): void {
    setBottom(room, bottomOf(page));
    complete = bottomOf(document) === null;
  }

  /** What arrived while a page was fetched may be newer than it: taken again from there. */
  function wentLive(before: Position): void {
    if (complete) events.replaced();
    if (before.epoch === position.epoch && before.shown > position.shown) events.refuse();
  }

  function again(at: () => number | undefined, tries = 0): Promise<void> {
    rereading ??= read(at(), tries)
      .catch(() => events.refuse())
      .finally(() => {
        rereading = undefined;
      });
    return rereading;
  }

  return {
    position: () => position,
    complete: () => complete,
    reread: (at) => (at === undefined ? again(events.place, PLACE_TRIES) : again(() => at)),
    async latest() {
      await rereading;
      await again(() => undefined);
    },
    run(frame) {
      const { run, content = "", changes = [] } = frame;
      const verdict = run && room.live ? judge(position, run) : "drop";
      if (!run || verdict === "drop") return;
      if (verdict === "hole") return events.refuse();
      const after = position.shown;
      position = { ...position, shown: run.to };
      early = [...early, ...changes.filter((change) => !applyChange(log, me, change))].slice(-EARLY_MAX);
      events.progressed();
      if (complete && !events.atEnd() && log.childElementCount + arriving >= ENTRIES_MAX) {
        takeIn(true);
        leaveOut();
      }
      if (!complete || content === "") return;
      arriving += run.to - after;
      arrivals += content;
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
    prepend(page) {
      const first = firstOffset(log);
      const entries = entriesOf(page, (offset) => offset < first);
      events.keepPlace(() => {
        log.prepend(...entries);
        const added = entries.filter(({ dataset }) => dataset.at);
        welcome(added, log.firstElementChild);
        setTop(room, topOf(page));
        if (cutBack(log, "lastElementChild")) leaveOut();
      });
    },
    append(page) {
      const there = readPlace(page);
      if (there?.epoch !== position.epoch) return void again(events.place, PLACE_TRIES);
      const shown = offsetUpTo(log.lastElementChild);
      const before = position;
      events.keepPlace(() => {
        log.append(...entriesOf(page, (offset) => offset > shown));
        endAs(page);
        if (complete) position = { ...position, shown: Math.min(position.shown, there.offset) };
        takeIn(false);
        trimTop();
      });
      if (complete) wentLive(before);
    },
  };
}
