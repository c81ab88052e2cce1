/** One message, one note: every field where the page's contract wants it, and escaped. */
import { describe, expect, test } from "bun:test";
import type { EventId } from "#domain/ids.ts";
import type { Message, Note, TimelineEntry } from "#domain/message.ts";
import type { Quote } from "#domain/quote.ts";
import { ana, bo, sampleMessage, sampleNote, sampleUser } from "../sample-room.ts";
import { Avatar, hueOf, initialsOf } from "./avatar.tsx";
import { MessageItem } from "./message.tsx";
import { noteHtml } from "./note.tsx";

const evil = `<img src=x onerror="alert('1')">&`;
const look = { grouped: false, timeZone: "UTC" };

function messageOf(entry: TimelineEntry): Message {
  if (entry.kind === "note") throw new Error("not a message");
  return entry.message;
}

const item = (change: Partial<Message> = {}, grouped = false): string =>
  String(<MessageItem message={messageOf(sampleMessage(12, ana, 5, change))} {...look} grouped={grouped} />);

const quote: Quote = {
  id: "01930000-0000-7000-8000-000000000204" as EventId,
  offset: 4,
  author: { id: bo.id, name: "bo" },
  text: "was it **you**?",
};

describe("a message", () => {
  test("carries what browser code reads", () => {
    const html = item({ mentions: [bo.id, ana.id] });
    expect(html).toStartWith(
      '<li class="message" id="m-12" data-offset="12" data-id="01930000-0000-7000-8000-000000000212"',
    );
    expect(html).toContain(
      ` data-author="${ana.id}" data-at="2026-11-21T10:05:00.000Z" data-mentions="${bo.id} ${ana.id}">`,
    );
    expect(html).toContain(
      '<a class="at" href="?at=12#m-12"><time datetime="2026-11-21T10:05:00.000Z">10:05</time></a>',
    );
    expect(html).toEndWith('<div class="text" dir="auto"><p>text 12</p></div></li>');
    expect(item()).not.toContain("data-mentions");
  });

  test("names its author also when grouped", () => {
    expect(item({}, true)).toStartWith('<li class="message grouped" id="m-12"');
    expect(item({}, true)).toContain('<bdi class="author">ana</bdi>');
  });

  test("says when it was edited or deleted, and shows no deleted text", () => {
    expect(item({ editedAt: "2026-11-21T10:06:00.000Z" })).toContain("(edited)");
    expect(item({ deleted: true, text: "secret" })).toContain("This message was deleted.");
    expect(item({ deleted: true, text: "secret" })).not.toContain("secret");
  });

  test("shows the edited text, not the kept one", () => {
    item({ text: "before" });
    expect(item({ text: "after", editedAt: "2026-11-21T10:06:00.000Z" })).toContain("<p>after</p>");
  });

  test("says above its text what it answers, in plain text, and leads there", () => {
    const html = item({ replyTo: quote });
    expect(html).toContain(
      `</a></div><a class="quote" href="?at=4#m-4" data-quote="${quote.id}"><bdi class="quote-author">bo</bdi> ` +
        '<span class="quote-text" dir="auto">was it **you**?</span></a><div class="text"',
    );
    const gone = item({ replyTo: { ...quote, text: "", deleted: true } });
    expect(gone).toContain('<a class="quote gone" href="?at=4#m-4"');
    expect(gone).toContain(">message deleted</span></a>");
    expect(item()).not.toContain("quote");
  });

  test("leads from other pages to the room's", () => {
    const message = messageOf(sampleMessage(12, ana, 5, { replyTo: quote }));
    const html = String(<MessageItem message={message} {...look} path="/rooms/garden" />);
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      "/rooms/garden?at=12#m-12",
      "/rooms/garden?at=4#m-4",
    ]);
  });

  test("escapes every field", () => {
    const fields = [
      { replyTo: { ...quote, text: evil } },
      { replyTo: { ...quote, id: evil as never } },
      { replyTo: { ...quote, author: { ...bo, name: evil } } },
      { text: evil },
      { at: evil },
      { id: evil as never },
      { mentions: [evil as never] },
      { author: sampleUser(3, evil) },
    ];
    for (const field of fields) {
      const html = item(field);
      expect(html).not.toContain("<img");
      expect(html).not.toMatch(/<[^>]*onerror="/);
    }
  });
});

describe("a note", () => {
  const note = (body: Partial<Note>): string => {
    const entry = sampleNote(3, 0, body);
    return entry.kind === "note" ? noteHtml(entry.event) : "";
  };
  const words = (body: Partial<Note>): string => note(body).replace(/<[^>]*>/g, "");

  test("is a sentence about what happened", () => {
    expect(note({})).toBe(
      '<li class="note" id="m-3" data-offset="3" data-at="2026-11-21T10:00:00.000Z" ' +
        `data-who="${ana.id}" data-joined="true"><bdi class="who">ana</bdi> joined.</li>`,
    );
    expect(words({ type: "member.joined", member: bo })).toBe("ana invited bo.");
    expect(words({ type: "member.left", member: ana })).toBe("ana left.");
    expect(words({ type: "member.left", member: bo })).toBe("ana removed bo.");
    expect(words({ type: "room.created", name: "x" })).toBe("ana opened this room.");
    expect(words({ type: "room.topic-changed", topic: "Seeds" })).toBe("ana set the topic: Seeds");
    expect(words({ type: "room.topic-changed", topic: "" })).toBe("ana cleared the topic.");
  });

  test("escapes names and topics", () => {
    const author = sampleUser(3, evil);
    for (const body of [{ author }, { author, member: author }, { type: "room.topic-changed", topic: evil } as const]) {
      expect(note(body)).not.toContain("<img");
    }
  });
});

describe("an avatar", () => {
  test("has initials of any script", () => {
    expect(["ana", "ana.lima", "grace-hopper_x", "日本", "𝒳y", "_"].map(initialsOf)).toEqual([
      "A",
      "AL",
      "GX",
      "日",
      "𝒳",
      "?",
    ]);
  });

  test("keeps its colour and escapes its letter", () => {
    expect(hueOf(ana.id)).toBe(hueOf(ana.id));
    expect(hueOf(ana.id)).toMatch(/^hue-([0-9]|1[01])$/);
    expect(String(<Avatar id={ana.id} name="<b" />)).toContain(">&lt;</span>");
  });
});
