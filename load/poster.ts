/** Posts to a room at a given rate over one socket, in a process of its own: what is measured elsewhere does not slow it down. */
import { serveParent } from "./child.ts";
import { sendPaced, sentNow } from "./paced.ts";
import { percentile } from "./process-usage.ts";
import { openLoadSocket } from "./transport.ts";

export interface PosterRun {
  readonly url: string;
  readonly token: string;
  /** One after the other. */
  readonly rooms: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Posted {
  readonly acked: number;
  readonly failed: number;
  readonly ackP99: number;
}

serveParent(0, async ({ url, token, rooms, perSecond, seconds }: PosterRun): Promise<Posted> => {
  const socket = await openLoadSocket({ url, token });
  const { acked, failed, latencies } = await sendPaced(perSecond, seconds, (n) =>
    socket.post(rooms[n % rooms.length] ?? "", sentNow()),
  );
  socket.close();
  return { acked, failed, ackP99: percentile(latencies, 0.99) };
});
