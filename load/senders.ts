/** Sockets that each send their next message when the one before is acked, in a process of their own. */
import { serveParent } from "./child.ts";
import { sendInTurns, sentNow } from "./paced.ts";
import { openPostSocket, type PostTo } from "./post-socket.ts";
import { percentile } from "./process-usage.ts";

export interface SendersRun extends Omit<PostTo, "token"> {
  /** One sender takes one after the other, as it does with rooms. */
  readonly tokens: readonly string[];
  readonly rooms: readonly string[];
  readonly senders: number;
  readonly seconds: number;
}

export interface Sent {
  readonly acked: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

serveParent(0, async ({ tokens, rooms, senders, seconds, ...to }: SendersRun): Promise<Sent> => {
  const of = (items: readonly string[], n: number) => items[n % items.length] ?? "";
  const sockets = await Promise.all(
    Array.from({ length: senders }, (_, n) => openPostSocket({ ...to, token: of(tokens, n) })),
  );
  const outcome = await sendInTurns(
    senders,
    seconds,
    (n) => sockets[n]?.post(of(rooms, n), sentNow()) ?? Promise.reject(),
  );
  for (const socket of sockets) socket.close();
  const { acked, seconds: took, latencies } = outcome;
  return { acked, seconds: took, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
});
