/** Where the reader is in the conversation: stays at the newest message only if they are there, else keeps their place. */
import { isPlain } from "./elements.ts";
import { offsetOf } from "./list-ends.ts";
import { isEditing } from "./open-edit.ts";
import { byId, type OpenRoom } from "./page.ts";
import { createPlaceKeeper, entryInAddress, type ReaderPlace, savedPlace } from "./place.ts";

/** Closer to the end than this counts as being at the newest message. */
const AT_END_PX = 60;
/** What a page begins with is this far below the top of what is seen. */
const START_PX = 16;
/** A jump over more than this many screens is not animated. */
const SMOOTH_SCREENS = 3;

export interface Scroll {
  atEnd(): boolean;
  /** Where the reader is; undefined at the newest message. */
  place(): ReaderPlace | undefined;
  /** Leads back to a place whose entry is in the list. */
  toPlace(place: ReaderPlace): void;
  /** New entries came at the end; `others` of them by other people. */
  arrived(others: number): void;
  toEnd(smooth?: boolean): void;
  /** Brings an entry of the log to the middle, unless all of it is seen. */
  toEntry(entry: HTMLElement): void;
  /** Changes the log without moving what the reader sees. */
  keepPlace(change: () => void): void;
}

export interface ScrollEvents {
  /** The list reaches the newest message. */
  complete(): boolean;
  /** The reader reached the newest message. */
  atEnd(): void;
  /** The reader asks for the newest message. */
  jump(): void;
}

export function createScroll(room: OpenRoom, events: ScrollEvents): Scroll {
  const { scroller, log } = room;
  const jump = byId("jump");
  const save = createPlaceKeeper(place);
  let atEnd = false;
  let lastTop = 0;
  let missed = 0;

  function toEnd(smooth = false): void {
    const distance = scroller.scrollHeight - scroller.scrollTop;
    atEnd = events.complete();
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? behavior(distance) : "instant" });
    lastTop = scroller.scrollTop;
  }

  function toEntry(entry: HTMLElement): void {
    const [seen, box] = [scroller.getBoundingClientRect(), entry.getBoundingClientRect()];
    if (box.top >= seen.top && box.bottom <= seen.bottom) return;
    const distance = (box.top + box.bottom - seen.top - seen.bottom) / 2;
    scroller.scrollBy({ top: distance, behavior: behavior(Math.abs(distance)) });
  }

  const behavior = (distance: number): ScrollBehavior =>
    distance < SMOOTH_SCREENS * scroller.clientHeight && !prefersStill() ? "smooth" : "instant";

  /** Who edits the newest message is at the end; another one stays where it is. */
  const mayFollow = () => !isEditing() || isEditing(log.lastElementChild);

  function look(): void {
    const top = scroller.scrollTop;
    const close = scroller.scrollHeight - top - scroller.clientHeight < AT_END_PX;
    // Only moving up leaves the end: below may be what came since, or the rest of an animation. What is being edited stays in sight.
    if (close && events.complete() && mayFollow()) atEnd = true;
    else if (top < lastTop || !events.complete()) atEnd = false;
    lastTop = top;
    if (atEnd) missed = 0;
    showJump();
    save();
    if (atEnd) events.atEnd();
  }

  function showJump(): void {
    if (!jump) return;
    jump.hidden = atEnd;
    jump.textContent = missed ? `${missed} new message${missed > 1 ? "s" : ""} ↓` : "Jump to latest ↓";
  }

  function place(): ReaderPlace | undefined {
    const entry = atEnd && !isEditing() ? undefined : anchorIn(room);
    return entry && { at: offsetOf(entry), top: topOf(entry) };
  }

  const topOf = (entry: Element) => entry.getBoundingClientRect().top - scroller.getBoundingClientRect().top;

  function toPlace({ at, top }: ReaderPlace): void {
    const entry = byId(`m-${at}`)?.closest("#log > [data-offset]");
    if (entry) scroller.scrollTop += topOf(entry) - top;
  }

  jump?.addEventListener("click", (event) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    events.jump();
    byId("text")?.focus({ preventScroll: true });
  });
  scroller.addEventListener("keydown", (event) => {
    if (event.key !== "End" || event.target !== scroller || events.complete()) return;
    event.preventDefault();
    events.jump();
  });
  scroller.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(() => {
    if (atEnd && mayFollow()) toEnd();
    else look();
  });
  begin();
  look();
  sizes.observe(scroller);
  sizes.observe(log);
  const pending = byId("pending");
  if (pending) sizes.observe(pending);

  /** Where they were; what the address means, or the unread line, in the upper third; the first of a page; the newest message. */
  function begin(): void {
    toEnd();
    const saved = savedPlace();
    const start = log.querySelector<HTMLElement>(".start");
    const target = entryInAddress(log) ?? (start ? undefined : byId("unread-line"));
    if (target) scroller.scrollTop += topOf(target) - scroller.clientHeight / 3;
    else if (start) scroller.scrollTop += topOf(start) - START_PX;
    if (saved) toPlace(saved);
  }

  return {
    // Who writes in an edit is there: what comes after it does not move it.
    atEnd: () => atEnd && !isEditing(),
    place,
    toPlace,
    arrived(others) {
      if (isEditing()) atEnd = false;
      if (atEnd) return toEnd();
      missed += others;
      showJump();
    },
    toEnd,
    toEntry,
    keepPlace(change) {
      const anchor = anchorIn(room);
      const before = anchor?.getBoundingClientRect().top ?? 0;
      scroller.style.overflowAnchor = "none";
      change();
      const same = anchor?.isConnected ? anchor : anchor?.id ? byId(anchor.id) : undefined;
      if (same) scroller.scrollTop += same.getBoundingClientRect().top - before;
      requestAnimationFrame(() => scroller.style.removeProperty("overflow-anchor"));
    },
  };
}

/** The entry whose place is kept: that which has the focus, as far as it is seen, else the first that is seen. */
function anchorIn({ scroller, log }: OpenRoom): Element | undefined {
  const { top, bottom } = scroller.getBoundingClientRect();
  const focused = document.activeElement?.closest("#log > [data-offset]");
  const box = focused?.getBoundingClientRect();
  if (focused && box && box.bottom > top && box.top < bottom) return focused;
  const entries = log.querySelectorAll(":scope > [data-offset]");
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  return entries[low];
}

const prefersStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
