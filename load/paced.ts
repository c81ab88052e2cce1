/** Sends at a given rate whatever becomes of the sends before, so that a slow server can't slow the measuring down. */

const tickMs = 5;

export interface Paced {
  readonly acked: number;
  readonly failed: number;
  readonly seconds: number;
  /** In milliseconds. */
  readonly latencies: readonly number[];
}

/** @param send the nth message, resolving at its ack with how long that took */
export async function sendPaced(
  perSecond: number,
  seconds: number,
  send: (n: number) => Promise<number>,
): Promise<Paced> {
  const latencies: number[] = [];
  const all: Promise<void>[] = [];
  let failed = 0;
  const from = performance.now();
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.ceil(((performance.now() - from) * perSecond) / 1_000));
    for (; sent < due; sent++) {
      const one = send(sent).then(
        (ms) => void latencies.push(ms),
        () => {
          failed += 1;
        },
      );
      all.push(one);
    }
    await Bun.sleep(tickMs);
  }
  await Promise.all(all);
  return { acked: latencies.length, failed, seconds: (performance.now() - from) / 1_000, latencies };
}
