/** Posts to rooms at a given rate over one socket, in a process of its own: what is measured elsewhere does not slow it down. */
import { serveParent } from "./child.ts";
import { sendPaced, sentNow } from "./paced.ts";
import { openPostSocket, type PostTo } from "./post-socket.ts";
import { percentile } from "./process-usage.ts";

export interface PosterRun extends PostTo {
  /** One after the other. */
  readonly rooms: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Posted {
  readonly acked: number;
  readonly failed: number;
  /** Of the first that failed. */
  readonly why?: string;
  readonly ackP99: number;
}

serveParent(0, async ({ rooms, perSecond, seconds, ...to }: PosterRun): Promise<Posted> => {
  const socket = await openPostSocket(to);
  const { acked, failed, why, latencies } = await sendPaced(perSecond, seconds, (n) =>
    socket.post(rooms[n % rooms.length] ?? "", sentNow()),
  );
  socket.close();
  return { acked, failed, ...(why && { why }), ackP99: percentile(latencies, 0.99) };
});
