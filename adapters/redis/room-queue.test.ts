/** How publishes of a room gather while one is on its way, and what happens to them when it fails. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import { samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { createRoomQueue, maxCallEvents, type PublishCall } from "./room-queue.ts";

const room = sampleRoom();

/** Offsets count up from 1 in the order of the calls, which end one by one as told. */
function heldCalls() {
  const calls: { readonly size: number; end(): void; fail(): void }[] = [];
  let offset = 0;
  const call: PublishCall = async (of, events) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    calls.push({ size: events.length, end: resolve, fail: () => reject(unavailable("away")) });
    await promise;
    return events.map(({ event }) => {
      offset += 1;
      return { room: of, author: event.author.id, at: event.at, epoch: "e", offset, fresh: true };
    });
  };
  return { call, calls };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what is published in one tick, or while a call is on its way, leaves in one call", async () => {
  const { call, calls } = heldCalls();
  const queue = createRoomQueue(call);
  const first = [queue.publish(room, samplePosts(room, 1)), queue.publish(room, samplePosts(room, 2))];
  await turn();
  const second = [queue.publish(room, samplePosts(room, 3)), queue.publish(room, samplePosts(room, 4))];
  await turn();
  expect(calls.map(({ size }) => size)).toEqual([3]);
  calls[0]!.end();
  expect((await Promise.all(first)).map((places) => places.map(({ offset }) => offset))).toEqual([[1], [2, 3]]);
  await turn();
  expect(calls.map(({ size }) => size)).toEqual([3, 7]);
  calls[1]!.end();
  expect((await Promise.all(second)).map((places) => places.length)).toEqual([3, 4]);
});

test("rooms don't wait for each other", async () => {
  const { call, calls } = heldCalls();
  const queue = createRoomQueue(call);
  const other = sampleRoom();
  const publishes = [queue.publish(room, samplePosts(room, 1)), queue.publish(other, samplePosts(other, 1))];
  await turn();
  expect(calls).toHaveLength(2);
  for (const { end } of calls) end();
  await Promise.all(publishes);
});

test("one call takes so many events, and so many bytes; a large event goes alone", async () => {
  const { call, calls } = heldCalls();
  const queue = createRoomQueue(call);
  const large = samplePost(room, "x".repeat(200_000));
  const publish = queue.publish(room, [...samplePosts(room, maxCallEvents + 1), large, large]);
  for (let at = 0; at < 3; at++) {
    await turn();
    calls[at]!.end();
  }
  expect((await publish).map(({ offset }) => offset)).toEqual(Array.from({ length: 203 }, (_, at) => at + 1));
  expect(calls.map(({ size }) => size)).toEqual([maxCallEvents, 2, 1]);
});

test("a call that fails fails its publishes as a whole, and no other", async () => {
  const { call, calls } = heldCalls();
  const queue = createRoomQueue(call);
  const split = queue.publish(room, samplePosts(room, maxCallEvents + 5));
  const after = queue.publish(room, samplePosts(room, 2));
  await turn();
  calls[0]!.fail();
  await expect(split).rejects.toMatchObject({ code: "unavailable" });
  await turn();
  calls[1]!.end();
  expect((await after).map(({ offset }) => offset)).toEqual([1, 2]);
  expect(calls.map(({ size }) => size)).toEqual([maxCallEvents, 2]);
});

test("only so many may wait", async () => {
  const { call, calls } = heldCalls();
  const queue = createRoomQueue(call, 3);
  const taken = queue.publish(room, samplePosts(room, 3));
  await expect(queue.publish(room, samplePosts(room, 1))).rejects.toMatchObject({ code: "unavailable" });
  await turn();
  const next = queue.publish(room, samplePosts(room, 3));
  for (const _ of [1, 2]) {
    calls.at(-1)!.end();
    await turn();
  }
  expect([(await taken).length, (await next).length]).toEqual([3, 3]);
});
