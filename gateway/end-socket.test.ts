/** How sockets end: with a code while there is room for what waits in them, cut past that. */
import { expect, test } from "bun:test";
import type { UserId } from "#domain/ids.ts";
import { closingMs, createSocketEnds, maxClosingBytes, maxPersonClosingBytes } from "./end-socket.ts";

function open() {
  let now = 1_000;
  const end = createSocketEnds(() => now);
  /** @returns the code, or that it was cut */
  const ends = (user: string | undefined, bytes: number): number | "cut" | undefined => {
    let how: number | "cut" | undefined;
    const caller = user === undefined ? undefined : { user: { id: user as UserId } };
    const socket = {
      data: { caller },
      getBufferedAmount: () => bytes,
      close: (code: number) => {
        how = code;
      },
      terminate: () => {
        how = "cut";
      },
    };
    end(socket, { code: 1013, reason: "slow" });
    return how;
  };
  return { ends, pass: (ms: number) => (now += ms) };
}

test("one person's closed sockets keep so much, one byte more is cut, and others are not", () => {
  const { ends } = open();
  expect(ends("ana", maxPersonClosingBytes - 1)).toBe(1013);
  expect(ends("ana", 1)).toBe(1013);
  expect(ends("ana", 1)).toBe("cut");
  expect(ends("ana", 0)).toBe(1013);
  expect(ends("ben", 1)).toBe(1013);
});

test("those of everybody together as well, and of who has not said who they are", () => {
  const { ends } = open();
  const people = maxClosingBytes / maxPersonClosingBytes;
  for (let n = 0; n < people - 1; n++) expect(ends(`person ${n}`, maxPersonClosingBytes)).toBe(1013);
  expect(ends(undefined, maxPersonClosingBytes)).toBe(1013);
  expect(ends("ana", 1)).toBe("cut");
  expect(ends("ana", 0)).toBe(1013);
});

test("it counts until the server has surely let it go", () => {
  const { ends, pass } = open();
  expect(ends("ana", maxPersonClosingBytes - 1)).toBe(1013);
  pass(closingMs - 1);
  expect(ends("ana", 1)).toBe(1013);
  expect(ends("ana", 1)).toBe("cut");
  pass(1);
  expect(ends("ana", maxPersonClosingBytes - 1)).toBe(1013);
  expect(ends("ana", 1)).toBe("cut");
});
