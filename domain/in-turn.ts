/**
 * What is looked at first, and then becomes an event, is done one after the other: of fifty who join at once with one account the first
 * does, and the others find it done. The turn is a claim, so it holds over all gateways (ADR 24, "Turns"); at one gateway they stand in
 * line for it, so that they don't all ask again and again.
 */
import { unavailable, unlessUnavailable } from "./errors.ts";
import type { Claims, Ports } from "./ports/index.ts";
import { untilTrue } from "./until-true.ts";

/** A turn ends by itself after so long, should whoever has it be stopped: longer than an append may be on its way. In milliseconds. */
const turnEndsMs = 30_000;
/** How long one waits for the turns of others, less than the five seconds after which nginx gives up. In milliseconds. */
const turnWaitMs = 4_000;

/** The ends of the lines of this process, by the names that they are for. */
const lines = new WeakMap<Claims, Map<string, Promise<void>>>();

/**
 * @param name of what there is to be done, and for whom. Work of other names doesn't wait
 * @param isDone asked when it is one's turn
 * @param work ends when `isDone` tells others that it is done
 * @throws ChatError unavailable when the turns of others take long. Where there are no claims, it is done without
 */
export async function inTurn(
  { claims }: Pick<Ports, "claims">,
  name: string,
  isDone: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  const givesUpAt = Date.now() + turnWaitMs;
  const ends = lines.get(claims) ?? new Map<string, Promise<void>>();
  lines.set(claims, ends);
  const before = ends.get(name);
  const own = (before ?? Promise.resolve()).then(async () => {
    const leftMs = givesUpAt - Date.now();
    if (before === undefined || !(await isDone())) await claimed(claims, name, leftMs, isDone, work);
  });
  const end = own.catch(() => undefined);
  ends.set(name, end);
  try {
    await own;
  } finally {
    if (ends.get(name) === end) ends.delete(name);
  }
}

async function claimed(
  claims: Claims,
  name: string,
  leftMs: number,
  isDone: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  let taken: boolean | undefined = false;
  let endsAt = 0;
  const take = async () => {
    endsAt = Date.now() + turnEndsMs;
    taken = await unlessUnavailable(claims.take(name, turnEndsMs));
    return taken !== false;
  };
  if (leftMs <= 0 || !(await untilTrue(take, leftMs))) {
    if (await isDone()) return;
    throw unavailable("The same is on its way already. Look again in a moment.");
  }
  try {
    if (!(await isDone())) await work();
  } finally {
    // After that it is another one's.
    if (taken && Date.now() < endsAt) await unlessUnavailable(claims.giveBack(name));
  }
}
