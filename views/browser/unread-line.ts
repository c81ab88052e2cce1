/** Draws the "New messages" line above what arrives while nobody looks. */
import { byId } from "./page.ts";

export interface UnreadLine {
  /** `first` is the first new message of somebody else. */
  arrived(first: HTMLElement | undefined, seen: boolean): void;
}

export function createUnreadLine(log: HTMLElement): UnreadLine {
  let drawn = byId("unread-line") !== undefined;
  return {
    arrived(first, seen) {
      if (seen) drawn = false;
      if (seen || drawn || !first) return;
      byId("unread-line")?.remove();
      const line = document.createElement("li");
      line.id = "unread-line";
      line.className = "unread-line";
      line.textContent = "New messages";
      log.insertBefore(line, first);
      drawn = true;
    },
  };
}
