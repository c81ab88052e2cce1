/** A refusal as the Centrifuge client protocol says it: its own code, and our sentence. */
import type { Refusal } from "../refusals.tsx";
import { CommandError, type ReplyError, replyErrors } from "./codes.ts";

const byCode: Readonly<Record<string, ReplyError>> = {
  invalid: replyErrors.badRequest,
  unauthenticated: replyErrors.unauthorized,
  forbidden: replyErrors.permissionDenied,
  "not-found": replyErrors.unknownChannel,
  conflict: replyErrors.badRequest,
  changed: replyErrors.changed,
  "too-large": replyErrors.limitExceeded,
  "rate-limited": replyErrors.tooManyRequests,
};

/** What is not listed (away, or a bug of ours) is temporary. */
export function commandErrorOf({ code, sentence }: Refusal): CommandError {
  return new CommandError({ ...(byCode[code] ?? replyErrors.internal), message: sentence });
}
