/** Texts that are being written right now: a bot's answers while they grow. What is finished is an event. */
import type { EventId, RoomId } from "../ids.ts";

/** A text so far. Positions in it count UTF-16 code units, as JavaScript does. */
export interface GrowingText {
  readonly text: string;
  /** What it waits for, in a sentence; empty while it grows. */
  readonly note: string;
}

/** Somebody who writes: chosen by themselves, unlike any other's. */
export type PenId = string;

/** A piece for the text at this position. At 0 it replaces the whole text. */
export interface GrownPiece {
  readonly at: number;
  readonly piece: string;
  readonly note: string;
}

/**
 * Kept for a while and told to the room as `grown` signals. One pen writes each text, so that two bots never mix. Everything here
 * may be lost at any moment: whoever writes begins again at 0, whoever reads waits for the finished event.
 */
export interface GrowingTexts {
  /**
   * Takes the pen, or keeps it: it is free again when its holder is silent for penTimeoutMs.
   * @returns the text so far; undefined while another holds the pen. @throws ChatError unavailable
   */
  claim(room: RoomId, message: EventId, pen: PenId): Promise<GrowingText | undefined>;

  /**
   * An empty piece with the same note tells nobody, and keeps the pen.
   * @returns false when nothing was written: the pen is not held any more, or the text does not end at that position.
   *   @throws ChatError unavailable
   */
  grow(room: RoomId, message: EventId, pen: PenId, piece: GrownPiece): Promise<boolean>;

  /** Forgets the text, which is an event now. Never fails: what is left is forgotten by itself. */
  end(room: RoomId, message: EventId): Promise<void>;

  /** Those that are being written: held by a pen that was not silent for penTimeoutMs. None while they can't be reached. */
  read(room: RoomId, messages: readonly EventId[]): Promise<ReadonlyMap<EventId, GrowingText>>;
}

/** A pen that is silent for this long is free. Its holder says something at least three times as often. */
export const penTimeoutMs = 6_000;
