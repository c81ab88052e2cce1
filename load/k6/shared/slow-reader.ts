/**
 * A reader that stops reading for a while and is sent away for it. On k6's older socket: there a sleep stops the reading itself,
 * while the newer one goes on and keeps everything in memory. What follows, coming back, is any member's.
 */
import { sleep } from "k6";
import { Counter } from "k6/metrics";
import ws from "k6/ws";
import { channelOf, createConversation, type Publication } from "./conversation.ts";
import type { Reading } from "./ledger.ts";
import { socketUrl } from "./link.ts";
import * as metrics from "./metrics.ts";
import type { RoomWatch } from "./room-watch.ts";

interface Wish {
  readonly token: string;
  readonly watch: RoomWatch;
  readonly stallAtMs: number;
  readonly stallS: number;
  /** Who was not sent away until then goes by themselves. */
  readonly untilMs: number;
}

/** Where they were. */
export interface Bookmark {
  readonly epoch: string;
  readonly reading: Reading;
}

/** Not ended by themselves: with 3008, or without a word where a proxy or a full buffer stood in the way. */
const sentAway = new Counter("chat_sent_away");
const lookEveryMs = 200;

/** Blocks everything else of this user of k6's. */
export function readUntilSentAway({ token, watch, stallAtMs, stallS, untilMs }: Wish): Bookmark {
  const channel = channelOf(watch.room);
  let bookmark: Bookmark | undefined;
  let hasStalled = false;
  let goes = false;
  const take = ({ offset, data }: Publication) => {
    if (offset !== undefined) bookmark?.reading.take(offset, data.id);
    if (data.type === "message.posted") metrics.received.add(1);
  };
  ws.connect(socketUrl, {}, (socket) => {
    const conversation = createConversation({
      send: (frame) => socket.send(frame),
      heard: ({ pub }) => pub !== undefined && take(pub),
    });
    const go = () => {
      goes = true;
      socket.close();
    };
    socket.on("open", () => {
      conversation.say({ connect: { token } }, () => {});
      conversation.say({ subscribe: { channel } }, ({ subscribe }) => {
        if (subscribe === undefined) return go();
        const { epoch, offset } = subscribe;
        watch.position = { epoch, offset };
        bookmark = { epoch, reading: watch.ledger.openReading(offset) };
      });
    });
    socket.on("message", (data) => {
      conversation.take(data);
      if (hasStalled || bookmark === undefined || Date.now() < stallAtMs) return;
      hasStalled = true;
      sleep(stallS);
    });
    socket.setInterval(() => Date.now() > untilMs && go(), lookEveryMs);
    socket.on("close", (code) => {
      if (!goes) sentAway.add(1, { code: String(code) });
    });
  });
  if (bookmark === undefined) throw new Error("a reader was not let in");
  return bookmark;
}
