import { describe, expect, test } from "bun:test";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import {
  errorReply,
  fitting,
  framesOf,
  historyReply,
  maxSentFrameBytes,
  publicationFrames,
  publicationJson,
  resultReply,
  subscribeReply,
  unsubscribePush,
  userNews,
} from "./frames.ts";

const room = Bun.randomUUIDv7() as RoomId;
const author = { id: Bun.randomUUIDv7() as UserId, name: 'o"hara' };
const position = { epoch: "e1", offset: 7 };

function event(offset: number, text = "line\nbreak"): RoomEvent {
  const at = new Date(0).toISOString();
  return { id: Bun.randomUUIDv7() as EventId, room, author, at, type: "message.posted", text, mentions: [], offset };
}

const lines = (frame: string) => frame.split("\n").map((line) => JSON.parse(line));

describe("replies", () => {
  test("carry the id of their command", () => {
    expect(JSON.parse(resultReply(3, "publish", {}))).toEqual({ id: 3, publish: {} });
    const error = { code: 103, message: "permission denied" };
    expect(JSON.parse(errorReply(4, error))).toEqual({ id: 4, error });
  });

  test("to subscribe say where the client stands, and what became of its position", () => {
    const subscribed = { recoverable: true, positioned: true, ...position };
    const reply = (recovered: boolean | undefined, publications: readonly string[]) =>
      JSON.parse(subscribeReply(1, { position, recovered, publications }));
    expect(reply(undefined, [])).toEqual({ id: 1, subscribe: subscribed });
    const lost = { ...subscribed, recovered: false, was_recovering: true };
    expect(reply(false, [])).toEqual({ id: 1, subscribe: lost });
    const [one, two] = [event(6), event(7)];
    expect(reply(true, [one, two].map(publicationJson)).subscribe).toMatchObject({
      recovered: true,
      publications: [
        { offset: 6, data: one },
        { offset: 7, data: two },
      ],
    });
  });

  test("to history have a position, and publications if there are any", () => {
    expect(JSON.parse(historyReply(2, position, []))).toEqual({ id: 2, history: position });
    expect(JSON.parse(historyReply(2, position, [publicationJson(event(1))])).history.publications).toHaveLength(1);
  });
});

describe("pushes", () => {
  test("name the channel, the event, its author and its offset, each on a line of its own", () => {
    const events = [event(1), event(2)];
    const [frame = "", ...rest] = publicationFrames(room, events);
    expect(rest).toEqual([]);
    expect(lines(frame)).toEqual(
      events.map((data) => ({
        push: {
          channel: `room:${room}`,
          pub: {
            data,
            offset: data.offset,
            info: { user: author.id, client: author.id, conn_info: { name: author.name } },
          },
        },
      })),
    );
  });

  test("end subscriptions, and bring a person's own news without an offset", () => {
    expect(JSON.parse(unsubscribePush(room, { code: 2500, reason: "r" }))).toEqual({
      push: { channel: `room:${room}`, unsubscribe: { code: 2500, reason: "r" } },
    });
    expect(JSON.parse(userNews("u", { type: "x" }))).toEqual({
      push: { channel: "user:u", pub: { data: { type: "x" } } },
    });
  });

  test("are spread over frames that a client can take, in order", () => {
    const events = Array.from({ length: 60 }, (_, n) => event(n + 1, "x".repeat(16_000)));
    const frames = publicationFrames(room, events);
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(maxSentFrameBytes + 100);
    expect(frames.flatMap(lines).map(({ push }) => push.pub.offset)).toEqual(events.map(({ offset }) => offset));
  });

  test("what is larger than a frame goes alone", () => {
    const big = "b".repeat(maxSentFrameBytes + 1);
    expect(framesOf(["a", big, "c", "d"])).toEqual(["a", big, "c\nd"]);
    expect(framesOf([])).toEqual([]);
  });
});

test("of publications the first that fit are given, one at least", () => {
  const run = ["1234", "é", "12"];
  const given = (maxBytes: number) => fitting(run, maxBytes).length;
  expect([0, 4, 5, 6, 7, 8].map(given)).toEqual([1, 1, 1, 2, 2, 3]);
  expect(fitting(run, 8)).toBe(run);
  expect(fitting([], 8)).toEqual([]);
});
