/**
 * A gateway's part in a storm without a gateway: whoever comes is told that it is connected, and given what it is said to have missed. So what the
 * crowd does to a machine that it shares with the server is measured by itself. Checks nothing, knows nobody.
 */
import type { RoomEvent } from "../domain/events.ts";
import { publicationJson, resultReply, subscribeReply } from "../gateway/programs/frames.ts";
import { serveParent } from "./child.ts";

export interface BareStorm {
  readonly like: RoomEvent;
  /** Position of those who come. */
  readonly from: { readonly epoch: string; readonly offset: number };
  readonly missed: number;
  readonly textLength: number;
}

const backlogBytes = 16 * 1024 * 1024;
let replies: readonly string[] = [];

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("sockets only", { status: 426 })),
  websocket: {
    message(socket) {
      for (const reply of replies) socket.send(reply);
    },
    backpressureLimit: backlogBytes,
  },
});

/** Both replies for everybody, made once. @returns how long they are */
serveParent(server.port ?? 0, async ({ like, from, missed, textLength }: BareStorm): Promise<number> => {
  const text = "x".repeat(textLength);
  const publications = Array.from({ length: missed }, (_, n) =>
    publicationJson({ ...like, offset: from.offset + 1 + n, text } as RoomEvent),
  );
  const position = { epoch: from.epoch, offset: from.offset + missed };
  replies = [resultReply(1, "connect", {}), subscribeReply(2, { position, recovered: true, publications })];
  return replies.join("").length;
});
