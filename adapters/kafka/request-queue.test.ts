/** That a silent connection to a broker costs nothing. */
import { expect, test } from "bun:test";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { calmRequestQueues } from "./request-queue.ts";

test("a queue in which nothing waits wakes nobody, one in which something waits is looked at again", () => {
  calmRequestQueues();
  const queue = new RequestQueue({
    requestTimeout: 1_000,
    clientId: "test",
    broker: "broker",
    logger: { debug() {} },
  });
  queue.checkPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  (queue.pending as unknown[]).push({});
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});
