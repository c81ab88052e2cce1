/** One answer to what shows nothing, for messages, names of rooms and what Markdown makes of a text. */
import { expect, test } from "bun:test";
import { renderText } from "#views/markdown.ts";
import { isBlank } from "./blank.ts";
import { checkText } from "./message.ts";
import { parseRoomName } from "./room.ts";

const unseen = ["", "  ", "\u2800", "\uFE0F", "\u034F\u180B\u17B4", "\u3164 \u115F", "\u200B\u00AD"];
const drawnBlank = ["\u{13441}", "\u{13442} ", "\u{16FE4}", "\u{1D159}"];

test.each([...unseen, ...drawnBlank])("%j shows nothing", (text) => {
  expect(isBlank(text)).toBe(true);
});

test.each([".", "++", "👩‍💻", "\u2800x", "ـ"])("%j shows something", (text) => {
  expect(isBlank(text)).toBe(false);
});

test.each(drawnBlank)("%j is no message, no name of a room and no heading", (text) => {
  expect(() => checkText(text)).toThrow();
  expect(() => parseRoomName(text)).toThrow("Give the room a name.");
  expect(renderText(`# ${text}`, { mentions: false }).html).toStartWith("<p># ");
});
