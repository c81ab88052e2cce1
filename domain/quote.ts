/** What a message answers: another one of its room, as an excerpt that stands above it. */
import { isBlank } from "./blank.ts";
import type { EventId } from "./ids.ts";
import type { Message } from "./message.ts";
import { plainText } from "./plain-text.ts";
import { shortened } from "./text.ts";
import type { Author } from "./user.ts";
import { counts } from "./who-changes.ts";

export interface Quote {
  /** Of the message that is answered. */
  readonly id: EventId;
  readonly offset: number;
  readonly author: Author;
  /** An excerpt, see excerptOf. Empty once the message is deleted. */
  readonly text: string;
  readonly deleted?: true;
}

/** Longest excerpt, in code points, with the ellipsis of one that was cut. */
export const maxQuoteCharacters = 140;

/** An excerpt looks no further into a text than this, in code points: no more of it needs to be read from a store. */
export const maxExcerptSource = 1_000;

/** Characters that break a line, and those that turn around what stands beside them: an excerpt may cut off their end. */
const gaps = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu;
const turns = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** The beginning of a text in one line, as plain text: without the marks of simple Markdown. */
export function excerptOf(text: string): string {
  // A code point has at most two UTF-16 units.
  const source = [...text.slice(0, 2 * maxExcerptSource + 2)];
  const isLonger = source.length > maxExcerptSource;
  const written = source.slice(0, maxExcerptSource).join("");
  const said = plainText(written);
  const line = inOneLine(isBlank(said) ? written : said);
  return shortened(isLonger ? `${line}…` : line, maxQuoteCharacters);
}

function inOneLine(text: string): string {
  return text.replace(turns, "").replace(gaps, " ").trim();
}

export function quoteOf({ id, offset, author, text, deleted }: Message): Quote {
  return deleted ? { id, offset, author, text: "", deleted } : { id, offset, author, text: excerptOf(text) };
}

/** What a quote needs to know of a change: no text where the message was deleted, also when this is an earlier edit of it. */
interface QuoteChange {
  readonly type: "message.edited" | "message.deleted";
  readonly message: EventId;
  readonly author: Author;
  readonly text?: string;
  readonly deleted?: true;
}

/** The quote after the quoted message was edited or deleted. What is deleted stays deleted; only its author changes it. */
export function requoted(quote: Quote, change: QuoteChange): Quote {
  const { type, message, text = "", deleted } = change;
  if (message !== quote.id || !counts(change, quote.author) || quote.deleted) return quote;
  if (type === "message.deleted" || deleted) return { ...quote, text: "", deleted: true };
  return { ...quote, text: excerptOf(text) };
}
