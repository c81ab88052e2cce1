/** Whoever ends waits for what is under way, but not for ever. */

/** Returns when the work is done, or after so long; the work itself goes on. @throws what the work throws meanwhile */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
