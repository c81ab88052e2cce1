/** Frames of a page's socket are bounded in bytes: what does not fit into one goes with the next. */
import { describe, expect, test } from "bun:test";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { maxRunFrameBytes, runFrame } from "./frames.ts";

const room = Bun.randomUUIDv7() as RoomId;
const author = { id: Bun.randomUUIDv7() as UserId, name: "ana" };

function posted(offset: number, text: string): RoomEvent {
  const id = Bun.randomUUIDv7() as EventId;
  const at = new Date(1_700_000_000_000 + offset).toISOString();
  return { id, room, author, at, type: "message.posted", text, mentions: [], offset };
}

function edited({ id }: RoomEvent, offset: number, text: string): RoomEvent {
  return { ...posted(offset, text), type: "message.edited", message: id } as RoomEvent;
}

/** Frame by frame, as a page is caught up. */
function framesFor(
  events: readonly RoomEvent[],
): readonly { readonly from: number; readonly to: number; readonly bytes: number }[] {
  const frames = [];
  for (let left = events; left.length > 0; ) {
    const run = runFrame({ room, epoch: "e" }, left, undefined, () => []);
    const said = JSON.parse(run.frame);
    expect(said.run.to - said.run.from + 1).toBe(run.events.length);
    expect(said.content.match(/<li /g) ?? []).toHaveLength(
      run.events.filter(({ type }) => type === "message.posted").length,
    );
    frames.push({ from: said.run.from, to: said.run.to, bytes: Buffer.byteLength(run.frame) });
    left = left.slice(run.events.length);
  }
  return frames;
}

/** 16 KiB of it: longer as HTML, whatever becomes of links. */
const links = "http://a.example/b & ".repeat(780);

describe("a run", () => {
  test("of ordinary messages is one frame", () => {
    const events = Array.from({ length: 200 }, (_, n) => posted(n + 1, "good morning to all of you"));
    expect(framesFor(events)).toMatchObject([{ from: 1, to: 200 }]);
  });

  test("of large messages is told in several frames, all of it, each of a bounded size", () => {
    const events = Array.from({ length: 100 }, (_, n) => posted(n + 1, `${n} ${links}`));
    const frames = framesFor(events);
    expect(frames.length).toBeGreaterThan(5);
    expect(frames.map(({ from }) => from)).toEqual([1, ...frames.slice(0, -1).map(({ to }) => to + 1)]);
    expect(frames.at(-1)?.to).toBe(100);
    const [one] = framesFor([posted(1, links)]);
    for (const { bytes } of frames) expect(bytes).toBeLessThan(1.2 * (maxRunFrameBytes + (one?.bytes ?? 0)));
  });

  test("of large edits is bounded as well", () => {
    const message = posted(1, "one");
    const others = Array.from({ length: 20 }, (_, n) => posted(n + 2, "short"));
    const events = [message, ...others, ...others.map((other, n) => edited(other, n + 22, `${n} ${links}`))];
    expect(framesFor(events).length).toBeGreaterThan(3);
  });
});
