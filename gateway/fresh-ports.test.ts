import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { freshPorts, maxReads } from "./fresh-ports.ts";
import { createStandstill, standstillMs } from "./standstill.ts";

test("what was read while the process stood still is read again; nobody else needs to be there", async () => {
  let now = 0;
  let reads = 0;
  const events = async () => {
    reads += 1;
    if (reads === 1) now += standstillMs + 1;
    return [{ offset: reads }];
  };
  const ports = freshPorts(
    { events: { events }, stream: {} } as unknown as Ports,
    createStandstill(() => now),
  );
  const read = async () => await ports.events.events({} as never, {} as never);
  // Time that goes by while nothing is read is no standstill.
  now += 10 * standstillMs;
  expect(await read()).toEqual([{ offset: 2 }] as never);
  now += 10 * standstillMs;
  expect(await read()).toEqual([{ offset: 3 }] as never);
});

test.each([
  [maxReads - 1, false],
  [maxReads, true],
])("after %i reads in each of which it stood still it gives up: %p", async (pauses, givesUp) => {
  let now = 0;
  let reads = 0;
  const events = async () => {
    reads += 1;
    if (reads <= pauses) now += standstillMs + 1;
    return [];
  };
  const given = { events: { events }, stream: {} } as unknown as Ports;
  const ports = freshPorts(
    given,
    createStandstill(() => now),
  );
  const read = async () => await ports.events.events({} as never, {} as never);
  const outcome = await read().then(
    () => false,
    (error) => isChatError(error, "unavailable"),
  );
  expect([outcome, reads]).toEqual([givesUp, maxReads]);
});
