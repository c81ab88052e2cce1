/** The one error class of the product: a closed code and a sentence a person can act on. Translated only in gateway/refusals.tsx. */
import type { RateLimit, Taken } from "./ports/rate-limiter.ts";

const chatErrorCodes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not-found",
  "conflict",
  "changed",
  "too-large",
  "rate-limited",
  "unavailable",
] as const;

export type ChatErrorCode = (typeof chatErrorCodes)[number];

export interface ChatErrorOptions {
  readonly cause?: unknown;
  /** Which input was at fault, as its form field is called. */
  readonly field?: string;
  /** When trying again makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Which rate limit was met, and how it stands. */
  readonly limit?: { readonly limit: RateLimit; readonly taken: Taken };
  /** What somebody else made of it in the meantime. */
  readonly current?: { readonly version: string; readonly text: string };
}

export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly limit: ChatErrorOptions["limit"] | undefined;
  readonly current: ChatErrorOptions["current"] | undefined;

  constructor(
    readonly code: ChatErrorCode,
    sentence: string,
    options: ChatErrorOptions = {},
  ) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
    this.limit = options.limit;
    this.current = options.current;
  }
}

/** Somebody else has moved the position in the log on from where this one thought it was: the work was theirs. */
export class FencedError extends Error {
  override readonly name = "FencedError";
}

/** The failure of something we depend on (store, log, stream), with its cause kept for the log. */
export function unavailable(sentence: string, cause?: unknown): ChatError {
  return new ChatError("unavailable", sentence, { cause });
}

export function isChatError(error: unknown, code?: ChatErrorCode): error is ChatError {
  return error instanceof ChatError && (code === undefined || error.code === code);
}

/** For what can be done without: undefined while it is unavailable; any other failure is thrown. */
export async function unlessUnavailable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isChatError(error, "unavailable")) return undefined;
    throw error;
  }
}
