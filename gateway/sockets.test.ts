/** The server's own wall behind all that waits politely: at its edge, on real sockets whose reader sleeps. */
import { describe, expect, test } from "bun:test";
import { type SleepingSocket, topic, withWaiting } from "../tests/support/sleeping-socket.ts";
import { until } from "../tests/support/wait.ts";
import { maxBacklogBytes } from "./sockets.ts";

const ways: readonly (readonly [string, (to: SleepingSocket) => void])[] = [
  ["sent to it", ({ socket }) => void socket.send("one more")],
  ["published to all", ({ server }) => void server.publish(topic, "one more")],
];

describe.each(ways)("what waits for a reader that sleeps, before a frame that is %s,", (_, send) => {
  test("may be 1 MiB: the frame joins it", () =>
    withWaiting(maxBacklogBytes, async (sleeping) => {
      const { socket } = sleeping;
      send(sleeping);
      await until(() => socket.getBufferedAmount() !== maxBacklogBytes, { what: "the frame" });
      expect(socket.getBufferedAmount()).toBeGreaterThan(maxBacklogBytes);
      expect(socket.data.closed).toBe(false);
    }));

  test("and no byte more: the frame ends the connection, and nothing waits", () =>
    withWaiting(maxBacklogBytes + 1, async (sleeping) => {
      const { socket } = sleeping;
      send(sleeping);
      await until(() => socket.data.closed, { what: "the end of the socket" });
      expect(socket.getBufferedAmount()).toBe(0);
    }));
});
