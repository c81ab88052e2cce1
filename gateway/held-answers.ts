/**
 * Long answers leave piece by piece, as they are read: what is held for who reads slowly, or not at all, has a bound for each holder
 * and in all. Shorter ones are taken up by the kernel and the proxy, and leave as a whole. Connections on which nothing is taken are
 * closed by the server (listen.ts).
 */
import { ChatError, unavailable } from "#domain/errors.ts";
import { wholeBody } from "./whole-body.ts";

/** Up to so many characters an answer leaves as a whole. */
export const maxWholeCharacters = 128 * 1024;
/** Written at once; the next piece is made when this one has been taken. */
const pieceBytes = 64 * 1024;
/** Of answers that are on their way to one person, or to one address that is not signed in; and to all. */
export const maxHeldPerHolderBytes = 16 * 1024 * 1024;
export const maxHeldBytes = 256 * 1024 * 1024;
/** An answer that has not been read by then is broken off: its reader takes less than 20 KB a second. */
export const heldAtMostMs = 120_000;
const retryAfterMs = 2_000;

export interface HeldAnswers {
  /** @throws ChatError rate-limited or unavailable when too much is held already */
  bodyOf(text: string, holder: string): string | ReadableStream;
  /** In bytes. */
  held(): number;
}

export function createHeldAnswers({
  perHolder = maxHeldPerHolderBytes,
  inAll = maxHeldBytes,
  atMostMs = heldAtMostMs,
} = {}): HeldAnswers {
  const byHolder = new Map<string, number>();
  let total = 0;

  const hold = (holder: string, bytes: number) => {
    const own = (byHolder.get(holder) ?? 0) + bytes;
    if (own > perHolder) {
      const sentence = "Read the answers that are on their way to you before you ask for more.";
      throw new ChatError("rate-limited", sentence, { retryAfterMs });
    }
    if (total + bytes > inAll) throw unavailable("Many answers are waiting to be read. Try again in a moment.");
    byHolder.set(holder, own);
    total += bytes;
    return () => {
      const left = (byHolder.get(holder) ?? 0) - bytes;
      if (left > 0) byHolder.set(holder, left);
      else byHolder.delete(holder);
      total -= bytes;
    };
  };

  return {
    held: () => total,
    bodyOf(text, holder) {
      if (text.length <= maxWholeCharacters) return wholeBody(text);
      const bytes = Buffer.from(text);
      return pieces(bytes, atMostMs, once(hold(holder, bytes.length)));
    },
  };
}

/** @param done called when all of it was taken, or its reader is gone */
function pieces(bytes: Buffer<ArrayBuffer>, atMostMs: number, done: () => void): ReadableStream {
  let at = 0;
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    done();
  };
  return new ReadableStream(
    {
      start(controller) {
        timer = setTimeout(() => {
          end();
          // With a reason Bun would write that to stderr, beside the log.
          controller.error();
        }, atMostMs).unref();
      },
      pull(controller) {
        if (at >= bytes.length) {
          end();
          return controller.close();
        }
        controller.enqueue(bytes.subarray(at, at + pieceBytes));
        at += pieceBytes;
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
