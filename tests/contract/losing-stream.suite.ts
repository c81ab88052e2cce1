/** What a stream promises that may lose its data: after a loss the reader of the log begins, and nobody overtakes it. */
import { expect, test } from "bun:test";
import type { RoomStream } from "#domain/ports/index.ts";
import { eventually, samplePost, samplePosts } from "./samples.ts";
import { heard, listen, record, type WithRoom } from "./stream-world.ts";

/** A room may be left to the reader of the log for some seconds. */
const reopensWithinMs = 20_000;
const testLimitMs = 40_000;

export function losingStreamTests(withRoom: (work: WithRoom) => Promise<void>): void {
  /** Reads to the end of the log until the short cut is open. */
  const reopen = (stream: RoomStream, ...[room, text]: Parameters<typeof samplePost>) =>
    eventually(
      "the short cut is open",
      async () => {
        await record(stream, [samplePost(room, text)]);
        await stream.caughtUp([room], performance.now());
        return (await stream.publishAhead(samplePost(room, text)))?.fresh === true;
      },
      reopensWithinMs,
    );

  test(
    "after a loss the short cut is closed until the log has been read to its end",
    () =>
      withRoom(async (stream, room, { lose }) => {
        const before = await record(stream, samplePosts(room, 3));
        await lose?.();
        const runs = await listen(stream, room);
        const [acked, next] = [samplePost(room, "acked"), samplePost(room, "sent after that")];
        expect(await stream.publishAhead(next)).toBeUndefined();
        expect(heard(runs)).toEqual([]);

        const waiting = stream.publishAhead(next);
        const places = await stream.publish([acked, next]);
        expect(places.map(({ fresh }) => fresh)).toEqual([true, true]);
        expect(places[1]!.offset).toBe(places[0]!.offset + 1);
        expect(places[0]!.epoch).not.toBe(before[0]!.epoch);
        expect(await waiting).toEqual({ ...places[1]!, fresh: false });
        expect(await stream.publishAhead(samplePost(room, "ahead"))).toBeUndefined();
        await reopen(stream, room, "again");
      }),
    testLimitMs,
  );

  test(
    "an event that the short cut gave up is waited for, though the log was read to its end shortly before",
    () =>
      withRoom(async (stream, room, { lose }) => {
        await record(stream, samplePosts(room, 1));
        await lose?.();
        await record(stream, samplePosts(room, 1, 2));
        await reopen(stream, room, "open");
        await lose?.();
        const endSeenAt = performance.now();
        const acked = samplePost(room, "acked");
        expect(await stream.publishAhead(acked)).toBeUndefined();
        await record(stream, samplePosts(room, 1, 3));
        for (let tries = 0; tries < 5; tries++) {
          await stream.caughtUp([room], endSeenAt);
          expect(await stream.publishAhead(samplePost(room, "sent after that"))).toBeUndefined();
        }
        await record(stream, [acked]);
        await reopen(stream, room, "open again");
      }),
    testLimitMs,
  );
}
