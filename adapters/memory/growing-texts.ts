/** Growing texts of one process. */
import type { EventId, RoomId } from "#domain/ids.ts";
import { penTimeoutMs } from "#domain/ports/growing-texts.ts";
import type { Clock, GrowingText, GrowingTexts, GrownPiece, PenId, Signals } from "#domain/ports/index.ts";
import { systemClock } from "./clock.ts";

interface Sheet extends GrowingText {
  readonly pen: PenId;
  readonly heardAt: number;
}

export function createMemoryGrowingTexts(
  signals: Pick<Signals, "toRoom">,
  { clock = systemClock }: { clock?: Clock } = {},
): GrowingTexts {
  const sheets = new Map<string, Sheet>();
  const keyOf = (room: RoomId, message: EventId) => `${room} ${message}`;
  const isHeld = ({ heardAt }: Sheet) => clock.now() - heardAt < penTimeoutMs;

  /** Bounds what writers leave behind who vanished. */
  function sweep(): void {
    for (const [key, sheet] of sheets) if (!isHeld(sheet)) sheets.delete(key);
  }

  return {
    async claim(room, message, pen) {
      const key = keyOf(room, message);
      const before = sheets.get(key);
      if (before !== undefined && before.pen !== pen && isHeld(before)) return undefined;
      const { text = "", note = "" } = before ?? {};
      sweep();
      sheets.set(key, { text, note, pen, heardAt: clock.now() });
      return { text, note };
    },

    async grow(room, message, pen, { at, piece, note }: GrownPiece) {
      const key = keyOf(room, message);
      const before = sheets.get(key);
      if (before?.pen !== pen || (at !== 0 && at !== before.text.length)) return false;
      const text = before.text.slice(0, at) + piece;
      sheets.set(key, { text, note, pen, heardAt: clock.now() });
      if (text !== before.text || note !== before.note) {
        await signals.toRoom(room, { type: "grown", message, at, piece, note });
      }
      return true;
    },

    end: async (room, message) => void sheets.delete(keyOf(room, message)),

    async read(room, messages) {
      const found = new Map<EventId, GrowingText>();
      for (const message of messages) {
        const sheet = sheets.get(keyOf(room, message));
        if (sheet !== undefined && isHeld(sheet)) found.set(message, { text: sheet.text, note: sheet.note });
      }
      return found;
    },
  };
}
