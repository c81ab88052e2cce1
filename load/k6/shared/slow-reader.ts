/**
 * A reader that stops reading for a while, is sent away for it, and comes back to where it was. On k6's older socket: there a
 * sleep stops the reading itself, while the newer one goes on and keeps everything in memory.
 */
import { sleep } from "k6";
import { Counter } from "k6/metrics";
import ws from "k6/ws";
import { channelOf, createConversation, type Publication } from "./conversation.ts";
import { createLedger, type Reading } from "./ledger.ts";
import { socketUrl } from "./link.ts";
import * as metrics from "./metrics.ts";

interface Wish {
  readonly token: string;
  readonly room: string;
  readonly stallAtMs: number;
  readonly stallS: number;
  /** Nothing is said after this. */
  readonly endsAtMs: number;
  readonly settleS: number;
}

/** Ended by the server for not reading, with a code that says to come back, or without one. */
const sentAway = new Counter("chat_sent_away");
const tooSlow = 3008;
const abnormal = 1006;

/** After the end, so that all acks are in. */
const quietMs = 3_000;
const lookEveryMs = 200;
const pauseS = 0.2;

/** Blocks until everything was read. */
export function readSlowly({ token, room, stallAtMs, stallS, endsAtMs, settleS }: Wish): void {
  const channel = channelOf(room);
  const ledger = createLedger();
  let reading: Reading | undefined;
  let epoch = "";
  let from = 0;
  let hasStalled = false;
  const record = new Map<number, string>();
  let end: number | undefined;

  const take = ({ offset, data }: Publication) => {
    if (offset === undefined) return;
    reading?.take(offset, data.id);
    if (data.type === "message.posted") metrics.received.add(1);
  };

  for (const givesUpAtMs = endsAtMs + settleS * 1_000; end === undefined && Date.now() < givesUpAtMs; sleep(pauseS)) {
    ws.connect(socketUrl, {}, (socket) => {
      const isBack = reading !== undefined;
      const conversation = createConversation({
        send: (frame) => socket.send(frame),
        heard: ({ pub }) => pub !== undefined && take(pub),
      });
      /** In pages, once nothing new comes. */
      const readRecord = (after: number) => {
        conversation.say({ history: { channel, limit: 200, since: { epoch, offset: after } } }, ({ history }) => {
          const last = history?.publications?.at(-1)?.offset ?? after;
          for (const { offset, data } of history?.publications ?? [])
            if (offset !== undefined) record.set(offset, data.id);
          if (history !== undefined && last >= history.offset) end = last;
          else readRecord(last);
        });
      };
      socket.on("open", () => {
        conversation.say({ connect: { token } }, () => {});
        const position = reading === undefined ? {} : { recover: true, epoch, offset: reading.last() };
        conversation.say({ subscribe: { channel, ...position } }, ({ subscribe }) => {
          if (subscribe === undefined) return socket.close();
          if (isBack && subscribe.recovered !== true) metrics.reset.add(1);
          if (isBack) metrics.resumed.add(1);
          else from = subscribe.offset;
          if (!isBack || subscribe.recovered !== true) reading = ledger.openReading(subscribe.offset);
          epoch = subscribe.epoch;
          for (const publication of subscribe.publications ?? []) take(publication);
        });
      });
      socket.on("message", (data) => {
        conversation.take(data);
        if (hasStalled || reading === undefined || Date.now() < stallAtMs) return;
        hasStalled = true;
        sleep(stallS);
      });
      let asked = false;
      socket.setInterval(() => {
        if (!asked && Date.now() > endsAtMs + quietMs) {
          asked = true;
          readRecord(from);
        }
        if (end !== undefined && (reading?.last() ?? 0) >= end) socket.close();
        else if (Date.now() > givesUpAtMs) socket.close();
      }, lookEveryMs);
      socket.on("close", (code) => {
        if (code === tooSlow || code === abnormal) sentAway.add(1, { code: String(code) });
      });
    });
  }
  if (reading === undefined || end === undefined) return;
  metrics.countFaults(ledger.check(record));
  metrics.countFaults(reading.finish(end));
  metrics.checked.add(1);
}
