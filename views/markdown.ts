/** Turns a message's text into safe HTML. */
import { escapeHtml } from "./escape.ts";

export interface RenderedText {
  readonly html: string;
  /** Nothing but a few emoji: shown large. */
  readonly jumbo: boolean;
}

export function renderText(text: string, _options: { mentions: boolean }): RenderedText {
  return { html: `<p>${escapeHtml(text)}</p>`, jumbo: false };
}
