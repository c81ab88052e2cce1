/** Calls of the API that do as they are told when they are told to wait. */
import type { ApiAnswer } from "#tests/support/api-person.ts";

/** Told to wait for longer than this, most callers rather fail and say so. */
const mostWaitS = 70;
/** Waiting for this long is told, so that nobody thinks that it hangs. */
const toldFromS = 5;

/** Asks again where the server says that it was too fast. @throws Error with a sentence when that would take too long */
export async function patiently(call: () => Promise<ApiAnswer>, longestS = mostWaitS): Promise<ApiAnswer> {
  for (;;) {
    const answer = await call();
    if (answer.status !== 429) return answer;
    const waitS = Number(answer.headers.get("retry-after"));
    if (!(waitS >= 1)) throw new Error("the server says that it was too fast, and not how long to wait (Retry-After)");
    if (waitS > longestS)
      throw new Error(`the server asks to wait ${waitS} seconds: try again then, or set LIMITS=off`);
    if (waitS >= toldFromS) console.error(`The server asks to wait ${waitS} seconds.`);
    await Bun.sleep(waitS * 1_000);
  }
}
