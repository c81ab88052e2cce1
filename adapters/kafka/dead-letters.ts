/**
 * The dead-letter topic: what could not be processed, as it was, with the reason and where it came from. Whoever replays it
 * sends the value to the log again under its key, with the level that it had: else an older version would take what it can't read.
 */
import { isChatError } from "#domain/errors.ts";
import type { GroupCommit } from "./group-commit.ts";
import { type IncomingRecord, levelHeader } from "./record.ts";

/** A record larger than this is kept up to here only, so that a dead letter always fits. */
export const maxLetterBytes = 512 * 1024;
export const maxReasonCharacters = 1_000;
/** Of a level as it was given: anybody may have written it. */
export const maxLevelCharacters = 100;

export const reasonHeader = "superchat-reason";
/** `topic/partition/offset` of the record. Missing when the event was put aside by its id. */
export const sourceHeader = "superchat-source";
export const truncatedHeader = "superchat-truncated-bytes";

export interface Letter {
  readonly key: string;
  readonly value: Buffer;
  /** Of these the level is kept. */
  readonly headers: IncomingRecord["headers"];
  readonly reason: unknown;
  readonly source?: string;
}

export interface DeadLetters {
  /** @throws ChatError unavailable */
  put(letter: Letter): Promise<void>;
}

export function createDeadLetters(commit: GroupCommit): DeadLetters {
  async function put({ key, value, headers: given, reason, source }: Letter): Promise<void> {
    const level = given?.[levelHeader];
    const headers = {
      ...(level === undefined ? {} : { [levelHeader]: String(level).slice(0, maxLevelCharacters) }),
      [reasonHeader]: sentenceOf(reason).slice(0, maxReasonCharacters),
      ...(source === undefined ? {} : { [sourceHeader]: source }),
      ...(value.length > maxLetterBytes ? { [truncatedHeader]: String(value.length) } : {}),
    };
    await commit.append({ key: key.slice(0, maxReasonCharacters), value: value.subarray(0, maxLetterBytes), headers });
  }
  return { put };
}

function sentenceOf(reason: unknown): string {
  if (isChatError(reason)) return `${reason.code}: ${reason.message}`;
  return reason instanceof Error ? reason.message : String(reason);
}
