/** Where the reader is in the conversation: stays at the newest message only if they are there, else keeps their place. */
import { byId, type OpenRoom } from "./page.ts";

/** Closer to the end than this counts as being at the newest message. */
const AT_END_PX = 60;
/** A jump over more than this many screens is not animated. */
const SMOOTH_SCREENS = 3;

export interface Scroll {
  atEnd(): boolean;
  /** New entries came at the end; `others` of them by other people. */
  arrived(others: number): void;
  toEnd(smooth?: boolean): void;
  /** Brings an entry of the log to the middle, unless all of it is seen. */
  toEntry(entry: HTMLElement): void;
  /** Changes the log without moving what the reader sees. */
  keepPlace(change: () => void): void;
}

export interface ScrollEvents {
  /** The reader reached the newest message. */
  atEnd(): void;
  /** The reader asks for the newest message. */
  jump(): void;
}

export function createScroll(room: OpenRoom, events: ScrollEvents): Scroll {
  const { scroller, log } = room;
  const jump = byId("jump");
  let atEnd = false;
  let lastTop = 0;
  let missed = 0;

  function toEnd(smooth = false): void {
    const distance = scroller.scrollHeight - scroller.scrollTop;
    atEnd = true;
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

  function look(): void {
    const top = scroller.scrollTop;
    // Only moving up leaves the end: below may be what came since, or the rest of an animation.
    if (scroller.scrollHeight - top - scroller.clientHeight < AT_END_PX) atEnd = true;
    else if (top < lastTop) atEnd = false;
    lastTop = top;
    if (atEnd) missed = 0;
    showJump();
    if (atEnd) events.atEnd();
  }

  function showJump(): void {
    if (!jump) return;
    jump.hidden = atEnd && room.live;
    jump.textContent = missed ? `${missed} new message${missed > 1 ? "s" : ""} ↓` : "Newest messages ↓";
  }

  jump?.addEventListener("click", () => {
    events.jump();
    byId("text")?.focus({ preventScroll: true });
  });
  scroller.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(() => {
    if (atEnd) toEnd();
    else look();
  });
  begin(room, toEnd);
  look();
  sizes.observe(scroller);
  sizes.observe(log);

  return {
    atEnd: () => atEnd,
    arrived(others) {
      if (atEnd) return toEnd();
      missed += others;
      showJump();
    },
    toEnd,
    toEntry,
    keepPlace(change) {
      const anchor = firstVisible(scroller, log);
      const before = anchor?.getBoundingClientRect().top ?? 0;
      scroller.style.overflowAnchor = "none";
      change();
      const same = anchor?.isConnected ? anchor : anchor?.id ? byId(anchor.id) : undefined;
      if (same) scroller.scrollTop += same.getBoundingClientRect().top - before;
      requestAnimationFrame(() => scroller.style.removeProperty("overflow-anchor"));
    },
  };
}

/** A permalink's message, else the unread line in the upper third, else the newest message. */
function begin({ scroller, log }: OpenRoom, toEnd: () => void): void {
  const target = location.hash ? byId(location.hash.slice(1)) : undefined;
  const start = target && log.contains(target) ? target : byId("unread-line");
  toEnd();
  if (!start) return;
  const top = start.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += top - scroller.clientHeight / 3;
}

function firstVisible(scroller: HTMLElement, log: HTMLElement): Element | undefined {
  const top = scroller.getBoundingClientRect().top;
  const entries = log.children;
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
