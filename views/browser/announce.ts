/** Tells screen readers about new messages: politely, together, at most one announcement a second. */
import { byId } from "./page.ts";

const EVERY_MS = 1_000;
const TEXT_MAX_CHARS = 140;

export interface Announcer {
  message(author: string, text: string): void;
  say(text: string): void;
}

export function createAnnouncer(): Announcer {
  const region = byId("announcer");
  let waiting: string[] = [];
  let timer = 0;

  function say(text: string): void {
    waiting.push(text);
    if (!timer) timer = setTimeout(speak, EVERY_MS);
  }

  function speak(): void {
    timer = 0;
    if (region) region.textContent = summarize(waiting);
    waiting = [];
  }

  return { say, message: (author, text) => say(`${author}: ${shorten(text)}`) };
}

export function summarize(waiting: readonly string[]): string {
  const last = waiting[waiting.length - 1] ?? "";
  return waiting.length > 2 ? `${waiting.length} new messages. ${last}` : waiting.join(" ");
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > TEXT_MAX_CHARS ? `${line.slice(0, TEXT_MAX_CHARS)}…` : line;
}
