/** Sends at a given rate whatever becomes of the sends before, so that a slow server can't slow the measuring down; or each in its turn. */

const tickMs = 5;

export interface Paced {
  readonly acked: number;
  readonly failed: number;
  /** Of the first that failed. */
  readonly why?: string;
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
  let why: string | undefined;
  const took = await atRate(perSecond, seconds, (n) => {
    const one = send(n).then(
      (ms) => void latencies.push(ms),
      (error) => {
        failed += 1;
        why ??= String(error);
      },
    );
    all.push(one);
  });
  const from = performance.now();
  await Promise.all(all);
  const waited = (performance.now() - from) / 1_000;
  return { acked: latencies.length, failed, ...(why && { why }), seconds: took + waited, latencies };
}

/** Each of so many sends its next message when the one before is acked. @param send resolves at its ack with how long that took */
export async function sendInTurns(
  senders: number,
  seconds: number,
  send: (sender: number) => Promise<number>,
): Promise<Paced> {
  const latencies: number[] = [];
  const from = performance.now();
  const until = from + seconds * 1_000;
  const one = async (sender: number) => {
    while (performance.now() < until) latencies.push(await send(sender));
  };
  await Promise.all(Array.from({ length: senders }, (_, sender) => one(sender)));
  return { acked: latencies.length, failed: 0, seconds: (performance.now() - from) / 1_000, latencies };
}

/** @returns how many seconds it took */
export async function atRate(perSecond: number, seconds: number, each: (n: number) => void): Promise<number> {
  const from = performance.now();
  for (let done = 0; done < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.ceil(((performance.now() - from) * perSecond) / 1_000));
    for (; done < due; done++) each(done);
    await Bun.sleep(tickMs);
  }
  return (performance.now() - from) / 1_000;
}

const filler = "The quick brown fox jumps over the lazy dog. ".repeat(10);

/** 300 characters that begin with when they were sent. */
export function sentNow(): string {
  return `${Date.now()} ${filler}`.slice(0, 300);
}
