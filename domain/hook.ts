/** Webhooks of a room: an incoming one lets a program post by a secret address, an outgoing one sends a room's events to an address. */
import { ChatError } from "./errors.ts";
import type { EventId, HookId, RoomId, UserId } from "./ids.ts";

interface HookHead {
  readonly id: HookId;
  readonly room: RoomId;
  readonly createdBy: UserId;
  readonly createdAt: string;
}

/** Posts as a bot. The secret of its address is kept as a hash alone. */
export interface IncomingHook extends HookHead {
  readonly kind: "incoming";
  readonly bot: UserId;
}

/** The secret that signs what it sends is kept sealed, apart from it. */
export interface OutgoingHook extends HookHead, HookStanding {
  readonly kind: "outgoing";
  readonly url: string;
}

export type Hook = IncomingHook | OutgoingHook;

/** How far an outgoing hook is, and how it fares. Times are RFC 3339. */
export interface HookStanding {
  /** Offset of the newest event that the receiver has taken. It only grows. */
  readonly position: number;
  readonly state: "on" | "off";
  /** Tries that failed since the last good one. */
  readonly failures: number;
  /** How long the last try took, in milliseconds. Absent before the first. */
  readonly tookMs?: number;
  readonly failingSince?: string;
  readonly lastSuccessAt?: string;
  readonly lastFailure?: HookFailure;
  /** Not before then. While somebody delivers, this is when their claim ends. */
  readonly nextTryAt: string;
  /** It was switched off and its maker is yet to be told, by this message. */
  readonly notice?: EventId;
}

export interface HookFailure {
  readonly at: string;
  /** A sentence. */
  readonly reason: string;
}

/** A receiver whose last answer took longer is slow: it is sent to more seldom, and slow ones share a few places. */
export const slowAfterMs = 1_000;

export function isSlow({ tookMs = 0 }: Pick<HookStanding, "tookMs">): boolean {
  return tookMs > slowAfterMs;
}

/** The machine that an address leads to, by its name: what is in flight is counted for each. */
export function hostOf(url: string): string {
  return new URL(url).hostname;
}

export const maxHooksPerRoom = 20;
export const maxHookUrlLength = 2_048;

/** Only what can be asked for with a POST and nothing else. Whether it may be is the sender's to say. */
export function parseHookUrl(raw: string): string {
  const text = raw.trim();
  if (text.length > maxHookUrlLength) throw invalid(`An address has at most ${maxHookUrlLength} characters.`);
  if (!URL.canParse(text)) throw invalid("Give the whole address, such as https://example.org/hook.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid("The address must begin with https://.");
  if (url.username !== "" || url.password !== "") {
    throw invalid("Leave the name and password out of the address: what is sent is signed instead.");
  }
  url.hash = "";
  return url.href;
}

function invalid(sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field: "url" });
}
