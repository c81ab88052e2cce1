/** What a message of a webhook is written on: parts of Markdown, one below the other, until there is no more room. And safe reading of JSON. */

import { cutTo, ellipsis } from "./slack-text.ts";
import { byteLength } from "./text.ts";

export interface Paper {
  /** @param part writes within so many bytes; what is empty is left out. Nothing is asked of it when there is no room. */
  add(part: (maxBytes: number) => string): void;
  /** What is left out for its number, is said at the end. */
  leaveOut(): void;
  text(): string;
}

const between = "\n\n";
/** Less room than this is not worth a part that has been cut. */
const leastBytes = 16;

export function createPaper(maxBytes: number): Paper {
  const parts: string[] = [];
  let left = maxBytes;
  let full = false;
  let missing = false;
  return {
    add(part) {
      if (full) return;
      const room = left - (parts.length === 0 ? 0 : byteLength(between));
      const text = room < leastBytes ? "" : part(room).replace(/^\n+/, "").trimEnd();
      full = room < leastBytes || byteLength(text) > room;
      if (full || text === "") return;
      parts.push(text);
      left = room - byteLength(text);
    },
    leaveOut() {
      missing = true;
    },
    text() {
      const whole = parts.join(between);
      if (!full && !missing) return whole;
      const end = `${between}${ellipsis}`;
      return `${cutTo(whole, maxBytes - byteLength(end))}${end}`;
    },
  };
}

/** One below the other, without a gap, as many as there is room for. */
export function linesWithin<T>(
  maxBytes: number,
  items: readonly T[],
  lineOf: (item: T, maxBytes: number) => string,
): string {
  const lines: string[] = [];
  let left = maxBytes - byteLength(`\n${ellipsis}`);
  for (const item of items) {
    const line = left < leastBytes ? ellipsis : lineOf(item, left);
    if (line === "") continue;
    lines.push(line);
    left -= byteLength(line) + 1;
    if (left < leastBytes) break;
  }
  return lines.join("\n");
}

export type Json = Readonly<Record<string, unknown>>;

export function objectIn(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function textIn(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : "";
}

export function listIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectIn) : [];
}
