/** Growing texts in Redis, told to the room in the same step in which they grow. */
import { unlessUnavailable } from "#domain/errors.ts";
import type { EventId } from "#domain/ids.ts";
import type { Clock, GrowingText, GrowingTexts, RoomSignal } from "#domain/ports/index.ts";
import { roomKeys } from "./keys.ts";
import type { Servers } from "./servers.ts";

/** @param clock for tests: without it Redis' own clock counts, one for all */
export function createRedisGrowingTexts(servers: Servers, clock?: Clock): GrowingTexts {
  const now = () => (clock === undefined ? "" : `${clock.now()}`);

  return {
    async claim(room, message, pen) {
      const answer = await servers.call("claim_pen", [roomKeys.text(room, message)], [now(), pen]);
      return textOf(answer);
    },

    async grow(room, message, pen, { at, piece, note }) {
      const signal: RoomSignal = { type: "grown", message, at, piece, note };
      const length = at + piece.length;
      const answer = await servers.call(
        "grow",
        [roomKeys.text(room, message)],
        [now(), pen, `${at}`, piece, `${length}`, note, roomKeys.signals(room), JSON.stringify(signal)],
      );
      return answer === 1;
    },

    async end(room, message) {
      const key = roomKeys.text(room, message);
      await unlessUnavailable(servers.send(key, ["DEL", key]));
    },

    async read(room, messages) {
      const keys = messages.map((message) => roomKeys.text(room, message));
      const answer = keys.length === 0 ? [] : await unlessUnavailable(servers.call("read_texts", keys, [now()]));
      return named(messages, answer);
    },
  };
}

function named(messages: readonly EventId[], answer: unknown): ReadonlyMap<EventId, GrowingText> {
  const texts = new Map<EventId, GrowingText>();
  messages.forEach((message, index) => {
    const text = textOf(Array.isArray(answer) ? answer[index] : undefined);
    if (text !== undefined) texts.set(message, text);
  });
  return texts;
}

function textOf(answer: unknown): GrowingText | undefined {
  return Array.isArray(answer) && answer.length === 2
    ? { text: String(answer[0]), note: String(answer[1]) }
    : undefined;
}
