/** What holds on every page: a strict policy can be kept, every input has a label, and forms post what the contract says. */
import { describe, expect, test } from "bun:test";
import type { EventId, SessionId } from "#domain/ids.ts";
import type { RoomAccess } from "#domain/room.ts";
import { ana, bo, sampleChrome, sampleJoined, sampleMessage, sampleNote, sampleRoom } from "../sample-room.ts";
import { DirectoryPage } from "./directory-page.tsx";
import { MessagePage } from "./message-page.tsx";
import { PeoplePage } from "./people-page.tsx";
import { ProblemPage } from "./problem-page.tsx";
import { RoomPage } from "./room-page.tsx";
import { RoomPeoplePage } from "./room-people-page.tsx";
import { SessionsPage } from "./sessions-page.tsx";
import { SignInPage, SignUpPage } from "./sign-in-page.tsx";
import { WelcomePage } from "./welcome-page.tsx";

const evil = `"><script>alert('1')</script>`;
const chrome = sampleChrome();
const guest = sampleChrome({ viewer: undefined, rooms: undefined });
const people = [ana, bo].map(({ id, name }) => ({ id, name, online: id === bo.id }));
const access: RoomAccess = sampleJoined({ topic: evil });
const session = { id: "s1" as SessionId, user: ana.id, createdAt: "2026-11-20T10:00:00.000Z", generation: 1 };
const sessions = ["Mozilla/5.0 (X11; Linux) Firefox/140.0", evil].map((device, n) => ({
  ...session,
  ...{ id: `s${n}` as SessionId, device, lastSeenAt: session.createdAt, expiresAt: session.createdAt },
}));
const problem = { sentence: evil, field: "name" };

const reactions = [{ emoji: evil, users: [ana.id, bo.id] }];
const replyTo = { id: "q1" as EventId, offset: 4, author: { id: bo.id, name: evil }, text: evil };
const entry = sampleMessage(6, ana, 3, { text: evil, reactions, replyTo });
if (entry.kind !== "message") throw new Error("it is a message");
const { message } = entry;
const { membership } = sampleJoined();

const pages: Record<string, string> = {
  welcome: String(WelcomePage({ chrome: guest })),
  "sign in": String(SignInPage({ chrome: guest, name: evil, next: evil, problem })),
  "sign up": String(SignUpPage({ chrome: guest, name: evil, next: evil, problem: { sentence: evil } })),
  room: String(
    RoomPage({
      ...{
        chrome,
        access,
        people,
        draft: evil,
        replyTo,
        problem,
        older: 3,
        draftId: "d1" as EventId,
      },
      entries: [
        sampleNote(3, 0),
        sampleMessage(4, bo, 1),
        sampleMessage(5, bo, 2, { text: evil, mentions: [ana.id], reactions, replyTo }),
      ],
      position: { epoch: "e1", offset: 5 },
    }),
  ),
  message: String(
    MessagePage({
      chrome,
      access: { ...access, membership },
      message,
      draftId: "d2" as EventId,
      draft: evil,
      problem,
      stale: true,
    }),
  ),
  directory: String(
    DirectoryPage({
      ...{ chrome, query: evil, next: evil, problem, kept: { name: evil, visibility: "private" } },
      entries: [
        { room: sampleRoom({ name: evil, topic: evil }), joined: false },
        { room: sampleRoom({ slug: "b" }), joined: true },
      ],
    }),
  ),
  "empty directory": String(DirectoryPage({ chrome, query: evil, entries: [] })),
  people: String(
    PeoplePage({ chrome, query: evil, people: [...people, { ...bo, name: evil, online: true }], next: evil }),
  ),
  "room people": String(
    RoomPeoplePage({ chrome, access, administers: true, people, peopleNext: evil, problem, kept: { name: evil } }),
  ),
  sessions: String(SessionsPage({ chrome, sessions, currentSession: "s0" as SessionId })),
  problem: String(ProblemPage({ chrome, status: 500, title: evil, sentence: evil, requestId: evil })),
  "guest's problem": String(ProblemPage({ chrome: guest, status: 404, title: "x", sentence: evil })),
};

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

describe.each(Object.entries(pages))("the %s page", (_name, html) => {
  test("has no inline script, style or handler, and nothing foreign", () => {
    expect(html).toStartWith('<!doctype html><html lang="en" data-theme="auto">');
    expect(html).not.toMatch(
      /<script(?![^>]*\ssrc="\/static\/)|<style|\sstyle=|\son\w+=|javascript:|hx-on|(?:src|href)="(?:https?:)?\/\//,
    );
    expect(html).not.toContain("<script>alert");
  });

  test("labels every input", () => {
    for (const [input] of html.matchAll(/<(?:input|textarea|select)\b[^>]*>/g)) {
      if (attribute(input, "type") === "hidden" || attribute(input, "type") === "radio") continue;
      expect(html).toContain(`<label for="${attribute(input, "id")}"`);
    }
    for (const [, inside = ""] of html.matchAll(/<button\b[^>]*?(?:aria-label="[^"]+"[^>]*)?>(.*?)<\/button>/gs)) {
      expect(inside).not.toBe("");
    }
  });

  test("has one heading, one main part, a way past the rest, and no id twice", () => {
    expect(html.match(/<h1[ >]/g)).toHaveLength(1);
    expect(html.match(/<main id="main"/g)).toHaveLength(1);
    expect(html).toContain('<a class="skip" href="#main">');
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

/** Every form as "METHOD action: fields". */
function forms(html: string): string[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, tag = "", inside = ""]) => {
    const names = [...inside.matchAll(/<(?:input|textarea)\b[^>]*>/g)].map(([input]) => attribute(input, "name"));
    return `${attribute(tag, "method")} ${attribute(tag, "action")}: ${[...new Set(names)].join(" ")}`.trim();
  });
}

test("forms post what the contract says", () => {
  const path = (n: number) => `/messages/01930000-0000-7000-8000-000000000${n}`;
  const inRoom = `/rooms/${message.room}`;
  const expected: Record<string, string[]> = {
    welcome: ["post /sign-up: name password"],
    "sign in": ["post /sign-in: name password next"],
    "sign up": ["post /sign-up: name password next"],
    room: ["post /sign-out:", `post ${inRoom}${path(205)}/reactions:`, "post /rooms/garden/messages: id replyTo text"],
    message: [
      ...["post /sign-out:", `post ${inRoom}${path(206)}/reactions:`, `post /rooms/garden${path(206)}/reactions:`],
      ...["post /rooms/garden/messages: id replyTo text"],
      ...[`post /rooms/garden${path(206)}/edit: version text`, `post /rooms/garden${path(206)}/delete:`],
    ],
    directory: ["post /sign-out:", "post /rooms: name visibility", "get /rooms: q", "post /rooms/garden/join:"],
    people: ["post /sign-out:", "get /people: q", "post /direct: name", "post /direct: name"],
    "room people": [
      ...["post /sign-out:", "post /rooms/garden/invite: name", "post /direct: name"],
      ...["post /rooms/garden/topic: topic", "post /rooms/garden/leave:"],
    ],
    sessions: ["post /sign-out:", "post /sign-out:", "post /sessions/s1/revoke:", "post /sessions/revoke-all:"],
  };
  for (const [name, list] of Object.entries(expected)) expect([name, forms(pages[name] ?? "")]).toEqual([name, list]);
});

test("kept values and problems come back with the form", () => {
  expect(pages["sign in"]).toContain('name="name" type="text"');
  expect(pages["sign in"]).toContain('value="&quot;&gt;&lt;script&gt;');
  expect(pages["sign in"]).toContain('aria-invalid="true" aria-describedby="name-problem"');
  expect(pages["sign up"]).toContain('<p class="problem" role="alert">');
  expect(pages.directory).toMatch(/value="private" checked/);
  expect(pages.directory).not.toMatch(/value="public" checked/);
});

test("signed-in pages say who looks and hold one socket, others none", () => {
  for (const [name, html] of Object.entries(pages)) {
    const signedIn = !["welcome", "sign in", "sign up", "guest's problem"].includes(name);
    expect(html.includes(`data-me="${ana.id}" data-me-name="ana"`)).toBe(signedIn);
    expect(html.match(/hx-ws:connect=/g)?.length ?? 0).toBe(signedIn ? 1 : 0);
  }
});
