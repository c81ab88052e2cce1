/** The texts that grow in the rooms a gateway follows: every piece goes out in order, and who comes late gets the text so far. */
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import { isTextChange } from "#domain/message-changes.ts";
import type { GrownPiece, Ports, RoomSignal } from "#domain/ports/index.ts";

export type GrownSignal = Extract<RoomSignal, { type: "grown" }>;

export interface GrowingRoom {
  /** A piece was written. */
  heard(signal: GrownSignal): void;
  /** Events end texts: from then on the message says it all. */
  happened(event: RoomEvent): void;
  /** This process stood still: what it knows may be deleted by now, so each text is read anew with its next piece. */
  forget(): void;
  /** The texts so far, for who comes now. */
  soFar(): readonly GrownSignal[];
}

/** @param tell hears of every text from its beginning, without holes */
export function followGrowing(
  ports: Pick<Ports, "growing">,
  room: RoomId,
  tell: (signal: GrownSignal) => void,
): GrowingRoom {
  const texts = new Map<EventId, Omit<GrownPiece, "at">>();
  const repairing = new Set<EventId>();
  /**
   * How often all was forgotten. Pieces sent before may still be waiting in a socket, for as long as that takes, and look like those of a
   * text that begins. So from the first time on each text begins with a read, for as long as the room is followed: one a text.
   */
  let times = 0;

  function take(message: EventId, { at, piece, note }: GrownPiece): void {
    const before = texts.get(message)?.piece ?? "";
    texts.set(message, { piece: before.slice(0, at) + piece, note });
    tell({ type: "grown", message, at, piece, note });
  }

  /** Signals can be lost, and a room may be followed from the middle of a text on. */
  async function repair(message: EventId): Promise<void> {
    if (repairing.has(message)) return;
    repairing.add(message);
    const before = times;
    try {
      const found = (await ports.growing.read(room, [message])).get(message);
      if (found !== undefined && times === before) take(message, { at: 0, piece: found.text, note: found.note });
    } finally {
      repairing.delete(message);
    }
  }

  return {
    heard(signal) {
      const { message, at } = signal;
      const known = texts.get(message)?.piece.length ?? (times === 0 ? 0 : undefined);
      if (known !== undefined && (at === 0 || at === known)) take(message, signal);
      else void repair(message);
    },
    happened(event) {
      if (isTextChange(event)) texts.delete(event.message);
    },
    forget() {
      times += 1;
      texts.clear();
    },
    soFar: () => [...texts].map(([message, text]) => ({ type: "grown", message, at: 0, ...text })),
  };
}
