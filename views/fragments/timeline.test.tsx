/** How entries become a timeline: groups, days, the unread line, and what only one viewer sees. */
import { describe, expect, test } from "bun:test";
import type { EventId } from "#domain/ids.ts";
import type { TimelineEntry } from "#domain/message.ts";
import { ana, bo, sampleMessage as message, sampleNote as note } from "../sample-room.ts";
import { renderRun, timelineHtml } from "./timeline.tsx";

const page = { timeZone: "UTC", now: Date.parse("2026-11-21T12:00:00.000Z") };

/** What the items are, in order: "m1", "g2" (grouped), "n3" (note), "day …", "unread". */
function shape(html: string): string[] {
  return [...html.matchAll(/<li class="([^"]*)" id="([^"]*)"|<li class="day"><time datetime="([^"]*)">/g)].map(
    ([, kind = "", id = "", day]) => {
      if (day !== undefined) return `day ${day}`;
      if (id === "unread-line") return "unread";
      return (kind.includes("grouped") ? "g" : kind === "note" ? "n" : "m") + id.slice(2);
    },
  );
}

const run = (entries: TimelineEntry[], previous?: TimelineEntry): string[] => shape(renderRun(entries, previous));

describe("grouping", () => {
  test("joins messages of one author within five minutes of the one before", () => {
    expect(run([message(1, ana, 0), message(2, ana, 5), message(3, ana, 10)])).toEqual(["m1", "g2", "g3"]);
    expect(run([message(1, ana, 0), message(2, ana, 5.001)])).toEqual(["m1", "m2"]);
  });

  test("ends with another author or a note", () => {
    expect(run([message(1, ana, 0), message(2, bo, 1), message(3, ana, 2)])).toEqual(["m1", "m2", "m3"]);
    expect(run([message(1, ana, 0), note(2, 1), message(3, ana, 2)])).toEqual(["m1", "n2", "m3"]);
  });

  test("begins anew with a reply, which stands under its author's name", () => {
    const replyTo = { id: "q1" as EventId, offset: 1, author: ana, text: "text 1" };
    expect(run([message(1, ana, 0), message(2, ana, 1, { replyTo }), message(3, ana, 2)])).toEqual(["m1", "m2", "g3"]);
  });

  test("goes on from the entry before the first one", () => {
    expect(run([message(2, ana, 1)], message(1, ana, 0))).toEqual(["g2"]);
    expect(run([message(2, ana, 1)], note(1, 0))).toEqual(["m2"]);
  });
});

describe("a live run", () => {
  test("is the same for everybody: no days, no unread line, nobody's own marks, times in UTC", () => {
    const html = renderRun([message(1, ana, "2026-11-20T23:59:00.000Z"), message(2, bo, 0, { mentions: [ana.id] })]);
    expect(shape(html)).toEqual(["m1", "m2"]);
    expect(html).not.toMatch(/mine|mentioned|focused/);
    expect(html).toContain('<time datetime="2026-11-20T23:59:00.000Z">23:59</time>');
  });

  test("of nothing is nothing", () => {
    expect(renderRun([])).toBe("");
  });
});

describe("joins and leaves that follow one another", () => {
  const joins = (offset: number, who: typeof ana, at: number | string = offset) =>
    note(offset, at, { author: who, member: who });
  const leaves = (offset: number, who: typeof ana) =>
    note(offset, offset, { type: "member.left", author: who, member: who });
  const html = (entries: TimelineEntry[], more = {}) => timelineHtml(entries, message(0, ana, 0), { ...page, ...more });
  const summary = (text: string) => /<summary>(.*?)<\/summary>/.exec(text)?.[1]?.replace(/<[^>]*>/g, "");

  test("are one line, at the place of the last of them, with each inside", () => {
    const folded = html([joins(1, ana), joins(2, bo), leaves(3, ana), message(4, bo, 5)]);
    expect(shape(folded)).toEqual(["m3", "n1", "n2", "m4"]);
    expect(folded).toContain('<li class="note fold" id="m-3" data-from="1" data-offset="3"');
    expect(summary(folded)).toBe("bo joined · ana left");
    expect(folded.match(/<li class="note" /g)).toHaveLength(3);
  });

  test("are not folded when there is one, when something else is between, or on another day", () => {
    expect(html([joins(1, ana), message(2, bo, 2), joins(3, bo)])).not.toContain("fold");
    const topic = note(2, 2, { type: "room.topic-changed", topic: "x" });
    expect(html([joins(1, ana), topic, joins(3, bo)])).not.toContain("fold");
    const removed = note(2, 2, { type: "member.left", author: ana, member: bo });
    expect(html([joins(1, ana), removed, joins(3, ana)])).not.toContain("fold");
    expect(html([joins(1, ana, "2026-11-20T23:59:00.000Z"), joins(2, bo, 1)])).not.toContain("fold");
  });

  test("that a permalink leads to mark the line", () => {
    expect(html([joins(1, ana), joins(2, bo)], { focus: 1 })).toContain('<li class="note fold focused" id="m-2"');
  });

  test("stay single in a live run: the page folds what arrives", () => {
    expect(renderRun([joins(1, ana), joins(2, bo)])).not.toContain("fold");
  });
});

describe("days", () => {
  const late = message(1, ana, "2026-11-20T22:30:00.000Z");
  const later = message(2, ana, "2026-11-20T22:34:00.000Z");
  const next = message(3, ana, "2026-11-20T23:01:00.000Z");

  test("are separated in the viewer's zone", () => {
    expect(shape(timelineHtml([late, later, next], undefined, page))).toEqual(["day 2026-11-20", "m1", "g2", "m3"]);
    expect(shape(timelineHtml([late, later, next], undefined, { ...page, timeZone: "Europe/Berlin" }))).toEqual([
      "day 2026-11-20",
      "m1",
      "g2",
      "day 2026-11-21",
      "m3",
    ]);
  });

  test("start anew only where the day before the first entry was another", () => {
    expect(shape(timelineHtml([later], late, page))).toEqual(["g2"]);
    expect(shape(timelineHtml([message(4, ana, 0)], late, page))).toEqual(["day 2026-11-21", "m4"]);
  });

  test("have names", () => {
    const html = timelineHtml(
      [message(1, ana, "2025-11-21T10:00:00.000Z"), note(2, "2026-11-19T10:00:00.000Z"), late, message(4, bo, 0)],
      undefined,
      page,
    );
    for (const name of ["Friday 21 November 2025", "Thursday 19 November", "Yesterday", "Today"])
      expect(html).toContain(`>${name}<`);
  });

  test("in a zone that does not exist are UTC's", () => {
    expect(timelineHtml([late], undefined, { ...page, timeZone: "Mars/Base" })).toContain(">22:30<");
  });
});

describe("the unread line", () => {
  const entries = [message(5, bo, 0), note(6, 1), message(7, ana, 2), message(8, bo, 20), message(9, bo, 21)];
  const place = (readOffset: number | undefined, previous?: TimelineEntry): string[] =>
    shape(timelineHtml(entries, previous, { ...page, viewer: ana.id, readOffset })).filter(
      (item) => !item.startsWith("day"),
    );

  test("stands before the first unread message of somebody else", () => {
    expect(place(5)).toEqual(["m5", "n6", "m7", "unread", "m8", "g9"]);
    expect(place(8)).toEqual(["m5", "n6", "m7", "m8", "unread", "g9"]);
  });

  test("stands on top where all shown is unread and what is before was read", () => {
    expect(place(4, message(4, bo, -30))).toEqual(["unread", "m5", "n6", "m7", "m8", "g9"]);
  });

  test("stands before nothing that was deleted", () => {
    const gone = entries.map((entry) =>
      entry.kind === "message" && entry.message.offset === 8
        ? { ...entry, message: { ...entry.message, text: "", deleted: true as const } }
        : entry,
    );
    const html = timelineHtml(gone, undefined, { ...page, viewer: ana.id, readOffset: 5 });
    expect(shape(html).indexOf("unread")).toBe(shape(html).indexOf("g9") - 1);
    expect(timelineHtml(gone.slice(0, 4), undefined, { ...page, viewer: ana.id, readOffset: 5 })).not.toContain(
      "unread-line",
    );
  });

  test("is not shown when it belongs further up, when all is read, or to somebody from outside", () => {
    for (const readOffset of [3, 9, 100, undefined]) expect(place(readOffset)).not.toContain("unread");
    expect(place(2, message(4, bo, -30))).not.toContain("unread");
  });
});

test("a page marks its viewer's own messages, mentions and the message a permalink leads to", () => {
  const html = timelineHtml([message(1, ana, 0), message(2, bo, 1, { mentions: [ana.id] })], undefined, {
    ...page,
    viewer: ana.id,
    focus: 2,
  });
  expect(html).toContain('<li class="message mine" id="m-1"');
  expect(html).toContain('<li class="message mentioned focused" id="m-2"');
});
