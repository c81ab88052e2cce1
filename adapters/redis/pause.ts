/** Waiting that can be cut short. */

/** Resolves after a time, or at once when it is ended. */
export function pause(ms: number, ended?: AbortSignal): Promise<void> {
  if (ended?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const finish = () => {
    clearTimeout(timer);
    ended?.removeEventListener("abort", finish);
    resolve();
  };
  const timer = setTimeout(finish, ms);
  ended?.addEventListener("abort", finish, { once: true });
  return promise;
}

/** @throws Error with the sentence when the work takes longer */
export async function within<T>(ms: number, sentence: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(sentence)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
