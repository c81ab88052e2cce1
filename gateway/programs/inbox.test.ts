/** What may wait for its turn on a program's socket, in number and in bytes. */
import { beforeEach, expect, test } from "bun:test";
import { createInbox, type Inbox, maxFrameCommands, maxQueuedBytes, maxQueuedCommands } from "./inbox.ts";
import type { ProgramSocket, ProgramState } from "./state.ts";

let ended: number | undefined;
let socket: ProgramSocket;
let inbox: Inbox;

beforeEach(() => {
  ended = undefined;
  const data = { closed: false, queued: 0, queuedBytes: 0, inbox: Promise.resolve(), line: Promise.resolve() };
  socket = {
    data: { ...data, caller: {}, client: "c", allowance: 0 } as unknown as ProgramState,
    getBufferedAmount: () => 0,
    send: () => 1,
    close: (code: number) => {
      ended = code;
    },
  } as unknown as ProgramSocket;
  // The first command is never done.
  inbox = createInbox({
    run: () => new Promise(() => {}),
    errorOf: () => new Error() as never,
    limits: false,
    people: { says: () => true },
  });
});

/** A command of so many bytes. */
function command(bytes: number): string {
  const [before, after] = ['{"id":1,"rpc":{"method":"', '"}}'];
  return before + "x".repeat(bytes - before.length - after.length) + after;
}

test("as many commands as may wait are taken; one more ends the connection with what says that one may come back", () => {
  const frame = Array.from({ length: maxFrameCommands }, () => command(40)).join("\n");
  for (let n = 0; n < maxQueuedCommands / maxFrameCommands; n++) inbox.take(socket, frame);
  expect([ended, inbox.waiting()]).toEqual([undefined, maxQueuedCommands]);
  inbox.take(socket, command(40));
  expect(ended).toBe(3013);
});

test("as many bytes as may wait are taken; one more ends it the same way", () => {
  for (let n = 0; n < 16; n++) inbox.take(socket, command(maxQueuedBytes / 16));
  expect(ended).toBeUndefined();
  inbox.take(socket, command(40));
  expect(ended).toBe(3013);
});
