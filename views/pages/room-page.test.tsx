/** The room page's contract with browser code, and what it shows to members, to those outside, and without scripts. */
import { describe, expect, test } from "bun:test";
import type { EventId } from "#domain/ids.ts";
import type { RoomAccess } from "#domain/room.ts";
import { ana, bo, sampleChrome, sampleJoined, sampleMessage, sampleNote, sampleRoom } from "../sample-room.ts";
import { RoomPage, type RoomPageProps } from "./room-page.tsx";

const entries = [sampleNote(3, 0), sampleMessage(4, bo, 1), sampleMessage(5, bo, 2)];
const draftId = "01930000-0000-7000-8000-00000000d1d1" as EventId;

function render(more: Partial<RoomPageProps> = {}): string {
  const position = { epoch: "e 1", offset: 7 };
  const props = { chrome: sampleChrome(), access: sampleJoined(), entries, position, people: [], draftId };
  return String(RoomPage({ ...props, ...more }));
}

const room = sampleRoom();
const outside: RoomAccess = { room, membership: undefined, peer: undefined };

describe("the room page", () => {
  test("connects at the newest position and says what is read", () => {
    const [section = ""] = /<section id="room"[^>]*>/.exec(render()) ?? [];
    for (const attribute of [
      ...[
        `data-room="${room.id}"`,
        'data-ref="garden"',
        'data-epoch="e 1"',
        'data-offset="7"',
        'data-read="4"',
        'data-live="true"',
      ],
      ...[
        `hx-ws:connect="/live?room=${room.id}&amp;epoch=e%201&amp;after=7"`,
        'hx-target="#log"',
        'hx-swap="beforeend"',
      ],
      'hx-config="ws.pauseOnBackground:false ws.reconnectDelay:250ms ws.reconnectMaxDelay:4s"',
    ]) {
      expect(section).toContain(attribute);
    }
  });

  test("that does not reach the newest message follows the room and leads on", () => {
    const html = render({ newer: 5 });
    expect(html).toContain('data-offset="7"');
    expect(html).toContain('data-live="true"');
    expect(html).toContain("after=7");
    expect(html).toContain('<a id="jump" class="button" href="/rooms/garden">Jump to latest ↓</a>');
    expect(html).toContain('<a id="newer" href="/rooms/garden?after=5">');
    expect(html).not.toContain("read.gif");
  });

  test("links to what is older, or says that the room begins here", () => {
    expect(render({ older: 3 })).toContain('<a id="older" href="/rooms/garden?before=3">');
    expect(render({ older: 3 })).not.toContain('id="beginning"');
    expect(render()).toContain('id="beginning"');
    // The sign stays left of a name that is read from the right.
    expect(render()).toContain("This is the beginning of #<bdi>garden</bdi>.");
    expect(render()).not.toContain('id="older"');
    expect(render({ entries: [] })).toContain("Say something to begin.");
  });

  test("has what browser code looks for", () => {
    const html = render();
    for (const piece of [
      ...[
        'id="scroller" tabindex="0"',
        '<ol id="log" aria-label="Messages"><li',
        '<a id="jump" class="button" href="/rooms/garden" hidden>',
      ],
      ...[
        '<div id="typing" aria-live="off">',
        '<ul id="suggestions" role="listbox"',
        '<template id="pending-template"><li class="message pending mine"',
      ],
      ...[
        '<div id="status" role="status">',
        'id="announcer" class="visually-hidden" aria-live="polite"',
        'id="composer-note"',
      ],
      ...[
        `<input type="hidden" name="id" value="${draftId}"`,
        '<label for="text" class="visually-hidden">Message #garden</label>',
      ],
      ...['<nav id="sidebar" aria-label="Rooms">', '<aside id="people" aria-label="People">'],
    ]) {
      expect(html).toContain(piece);
    }
  });

  test("without scripts is marked read and can be looked at again", () => {
    const [, inside] = /<noscript>(.*?)<\/noscript>/s.exec(render()) ?? [];
    expect(inside).toContain('<img src="/rooms/garden/read.gif?offset=7" alt="" width="1" height="1"');
    expect(inside).toContain('<a href="/rooms/garden">');
  });

  test("keeps what was written when it could not be sent", () => {
    const html = render({ draft: "a </textarea> b", problem: { sentence: "Wait a moment." } });
    expect(html).toContain("a &lt;/textarea&gt; b</textarea>");
    expect(html).toContain('id="composer-problem" role="alert">Wait a moment.</p>');
  });

  test("keeps what was to be answered, or says that it is gone", () => {
    const replyTo = { id: "01930000-0000-7000-8000-000000000204" as EventId, offset: 4, author: bo, text: "text 4" };
    const kept = render({ draft: "Hello", replyTo });
    expect(kept).toMatch(/<input id="reply-to" type="checkbox" name="replyTo" value="[-0-9]+204" checked[^>]*>/);
    expect(kept).toContain('data-quote="01930000-0000-7000-8000-000000000204"');
    const gone = render({ draft: "Hello", replyTo: { ...replyTo, text: "", deleted: true } });
    expect(gone).toMatch(/<input id="reply-to"[^>]* disabled[^>]*>/);
    expect(gone).not.toMatch(/<input id="reply-to"[^>]* checked[^>]*>/);
    expect(gone).toContain("message deleted");
    expect(render()).not.toContain("reply-to");
  });

  test("offers to join instead of a composer to somebody from outside", () => {
    const html = render({ access: outside });
    expect(html).not.toContain('id="composer"');
    expect(html).toContain('action="/rooms/garden/join"');
    expect(html).toContain('data-live="false"');
    expect(html).not.toMatch(/<section[^>]*data-read=/);
    const guest = render({ access: outside, chrome: sampleChrome({ viewer: undefined }) });
    expect(guest).toContain('href="/sign-in?next=%2Frooms%2Fgarden"');
    expect(guest).not.toContain("hx-ws:connect");
  });

  test("is called as its viewer knows it", () => {
    const titled = (access: RoomAccess): string => /<title>(.*?)<\/title>/.exec(render({ access }))?.[1] ?? "";
    expect(titled(sampleJoined())).toBe("#garden · Superchat");
    expect(titled(sampleJoined({ visibility: "private" }))).toBe("garden · Superchat");
    expect(titled(sampleJoined({ visibility: "direct" }, { peer: bo }))).toBe("bo · Superchat");
    expect(titled(sampleJoined({ visibility: "direct" }, { peer: ana }))).toBe("ana (you) · Superchat");
  });
});

test("from outside there is nothing to jump to", () => {
  expect(render({ access: outside, entries: [] })).not.toContain("jump");
});
