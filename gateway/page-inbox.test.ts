/** What may wait for its turn on a page's socket, in number and in bytes, and how fast it may come. */
import { beforeEach, expect, test } from "bun:test";
import type { Ports } from "#domain/ports/index.ts";
import type { PageSocket } from "./connections.ts";
import { maxBufferedBytes } from "./drained.ts";
import type { Log } from "./log.ts";
import {
  createPageInbox,
  frameBurst,
  maxFrameBytes,
  maxQueuedBytes,
  maxQueuedFrames,
  type PageInbox,
} from "./page-inbox.ts";

let ended: number | undefined;
let mayGoOn: boolean;
let waiting: () => number;
let socket: PageSocket;
let inbox: PageInbox;

beforeEach(() => {
  ended = undefined;
  mayGoOn = true;
  socket = {
    data: {
      caller: { user: { id: "ana" } },
      closed: false,
      queued: 0,
      queuedBytes: 0,
      inbox: Promise.resolve(),
      allowance: { left: frameBurst, atMs: performance.now() },
    },
    // Its reader sleeps, so nothing is done.
    getBufferedAmount: () => maxBufferedBytes + 1,
    terminate: () => undefined,
    close: (code: number) => {
      ended = code;
    },
  } as unknown as PageSocket;
  const gauge = (_name: string, read: () => number) => {
    waiting = read;
  };
  inbox = createPageInbox({ metrics: { gauge } } as unknown as Ports, {} as Log, { says: () => mayGoOn });
});

test("as many frames as may wait are taken; one more ends the socket with what says that one may come back", () => {
  for (let n = 0; n < maxQueuedFrames; n++) inbox(socket, "{}");
  expect([ended, waiting()]).toEqual([undefined, maxQueuedFrames]);
  inbox(socket, "{}");
  expect([ended, waiting()]).toEqual([1013, maxQueuedFrames]);
});

test("as many bytes as may wait are taken, counted as bytes; one more ends it the same way", () => {
  const frame = "é".repeat(maxFrameBytes / 2);
  for (let n = 0; n < maxQueuedBytes / maxFrameBytes; n++) inbox(socket, frame);
  expect(ended).toBeUndefined();
  inbox(socket, "x");
  expect(ended).toBe(1013);
});

test("frames come at once up to a burst, and end the socket past it", () => {
  socket.data.allowance = { left: 1, atMs: performance.now() };
  inbox(socket, "{}");
  expect([ended]).toEqual([undefined]);
  socket.data.allowance = { left: 0, atMs: performance.now() };
  inbox(socket, "{}");
  expect(ended).toBe(1008);
});

test("and past what their person may say over all sockets", () => {
  mayGoOn = false;
  inbox(socket, "{}");
  expect(ended).toBe(1008);
});
