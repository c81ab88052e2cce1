/**
 * What Bun's publishing costs by itself: a room's frames as the product sends them, from a timer to all sockets. A process of its
 * own: the product is measured by its CPU-seconds.
 */
import type { RoomEvent } from "../domain/events.ts";
import { publicationFrames } from "../gateway/programs/frames.ts";
import { serveParent } from "./child.ts";
import { atRate, sentNow } from "./paced.ts";

export interface BareRun {
  readonly perSecond: number;
  readonly seconds: number;
  /** 0: each at once. */
  readonly ticksMs: number;
  readonly like: RoomEvent;
}

const topic = "room";
const backlogBytes = 16 * 1024 * 1024;
let offset = 0;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("sockets only", { status: 426 })),
  websocket: { open: (socket) => void socket.subscribe(topic), message() {}, backpressureLimit: backlogBytes },
});

serveParent(server.port ?? 0, async ({ perSecond, seconds, ticksMs, like }: BareRun) => {
  let waiting: RoomEvent[] = [];
  const flush = () => {
    for (const frame of publicationFrames(like.room, waiting)) server.publish(topic, frame);
    waiting = [];
  };
  const ticks = ticksMs > 0 ? setInterval(flush, ticksMs) : undefined;
  await atRate(perSecond, seconds, () => {
    offset += 1;
    waiting.push({ ...like, offset, text: sentNow() } as RoomEvent);
    if (ticks === undefined) flush();
  });
  clearInterval(ticks);
  flush();
  return offset;
});
