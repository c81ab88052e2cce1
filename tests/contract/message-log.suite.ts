/** What every message log promises: an append resolves once it is durable, and the consumer gets all of it in order. */
import { describe, expect, test } from "bun:test";
import { ChatError } from "#domain/errors.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { MessageLog } from "#domain/ports/index.ts";
import { eventually, samplePost, samplePosts, sampleRoom } from "./samples.ts";

export interface LogCapabilities {
  /** The consumer's handler is what makes an event durable: appends wait for it, and fail with it. */
  readonly acksAfterHandling: boolean;
}

export interface OpenLog {
  readonly log: MessageLog;
  close(): Promise<void>;
}

export function messageLogSuite(
  name: string,
  open: () => Promise<OpenLog>,
  { acksAfterHandling }: LogCapabilities,
): void {
  describe(`message log: ${name}`, () => {
    async function withLog(work: (log: MessageLog) => Promise<void>): Promise<void> {
      const { log, close } = await open();
      try {
        await work(log);
      } finally {
        await close();
      }
    }

    test("what was appended reaches the consumer, each once and in the order of the append", () =>
      withLog(async (log) => {
        const got: LoggedEvent[] = [];
        const consumer = await log.consume(async (batch) => void got.push(...batch));
        const room = sampleRoom();
        const events = samplePosts(room, 1_200);
        await Promise.all(events.map((event) => log.append(event)));
        await eventually("all consumed", () => got.length >= events.length);
        await consumer.stop();
        expect(got).toEqual(events);
      }));

    test("another group hears of everything too, in order, again when its handler fails, and holds up nobody", () =>
      withLog(async (log) => {
        const writer = await log.consume(async () => undefined);
        const got: LoggedEvent[] = [];
        const free = Promise.withResolvers<void>();
        let fails = 1;
        const bots = await log.consume(
          async (batch) => {
            await free.promise;
            if (fails-- > 0) throw new Error("not yet");
            got.push(...batch);
          },
          { group: "bots" },
        );
        const events = samplePosts(sampleRoom(), 30);
        for (const event of events) await log.append(event);
        free.resolve();
        await eventually("the other group heard", () => got.length >= events.length, 30_000);
        expect(got).toEqual(events);
        await Promise.all([writer.stop(), bots.stop()]);
      }));

    test("one caller's appends keep their order without waiting for each other", () =>
      withLog(async (log) => {
        const got: LoggedEvent[] = [];
        const consumer = await log.consume(async (batch) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          got.push(...batch);
        });
        const room = sampleRoom();
        const events = samplePosts(room, 60);
        const appends: Promise<void>[] = [];
        for (const event of events) {
          appends.push(log.append(event));
          if (appends.length % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
        }
        await Promise.all(appends);
        await eventually("all consumed", () => got.length >= events.length);
        await consumer.stop();
        expect(got).toEqual(events);
      }));

    test("the next batch comes only after the handler has resolved", () =>
      withLog(async (log) => {
        let [running, most, seen] = [0, 0, 0];
        const consumer = await log.consume(async (batch) => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 2));
          running -= 1;
          seen += batch.length;
        });
        const room = sampleRoom();
        for (let round = 0; round < 5; round++)
          await Promise.all(samplePosts(room, 3).map((event) => log.append(event)));
        await eventually("all consumed", () => seen === 15);
        await consumer.stop();
        expect(most).toBe(1);
      }));

    test("appends made before there is a consumer are not lost", () =>
      withLog(async (log) => {
        const events = samplePosts(sampleRoom(), 3);
        const appends = events.map((event) => log.append(event));
        const got: LoggedEvent[] = [];
        const consumer = await log.consume(async (batch) => void got.push(...batch));
        await Promise.all(appends);
        await eventually("all consumed", () => got.length === 3);
        await consumer.stop();
        expect(got).toEqual(events);
      }));

    test("stopping finishes the batch in hand", () =>
      withLog(async (log) => {
        let finished = 0;
        const started = Promise.withResolvers<void>();
        const consumer = await log.consume(async (batch) => {
          started.resolve();
          await new Promise((resolve) => setTimeout(resolve, 10));
          finished += batch.length;
        });
        const append = log.append(samplePost(sampleRoom(), "in hand"));
        await started.promise;
        await consumer.stop();
        expect(finished).toBe(1);
        await append;
      }));

    test("a dead letter does not hold up the rest", () =>
      withLog(async (log) => {
        const room = sampleRoom();
        const [good, bad, better] = [samplePost(room, "good"), samplePost(room, "bad"), samplePost(room, "better")];
        const got: string[] = [];
        const consumer = await log.consume(async (batch) => {
          for (const event of batch) {
            if (event.id === bad.id) await log.deadLetter(event, new ChatError("conflict", "No."));
            else got.push(event.id);
          }
        });
        const appends = await Promise.allSettled([good, bad, better].map((event) => log.append(event)));
        await eventually("the others consumed", () => got.length === 2);
        await consumer.stop();
        expect(got).toEqual([good.id, better.id]);
        const bads = acksAfterHandling ? "rejected" : "fulfilled";
        expect(appends.map((append) => append.status)).toEqual(["fulfilled", bads, "fulfilled"]);
      }));

    if (acksAfterHandling) {
      test("an append resolves only after the handler has", () =>
        withLog(async (log) => {
          const gate = Promise.withResolvers<void>();
          const started = Promise.withResolvers<void>();
          const consumer = await log.consume(async () => {
            started.resolve();
            await gate.promise;
          });
          let acked = false;
          const append = log.append(samplePost(sampleRoom(), "wait")).then(() => {
            acked = true;
          });
          await started.promise;
          await new Promise((resolve) => setTimeout(resolve, 5));
          expect(acked).toBe(false);
          gate.resolve();
          await append;
          await consumer.stop();
        }));
    } else {
      test("an append resolves without any consumer", () =>
        withLog((log) => log.append(samplePost(sampleRoom(), "durable"))));
    }
  });
}
