/** Pages of a room's past, the ways to them, and what surrounds the pages of errors: as the server writes them. */
import { describe, expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { maxProblemLists, problemListMs } from "#gateway/chrome.ts";
import { maxBodyBytes } from "#gateway/request-body.ts";
import { landing } from "#gateway/routes/welcome.tsx";
import { maxEntriesRead, timelinePageSize } from "#gateway/timeline-view.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { createPagePerson, pagePassword, type SeenPage, signUpAtPage } from "../support/page-person.ts";

const offsets = ({ html }: SeenPage) =>
  [...html.matchAll(/ data-offset="(\d+)" data-(?:id|at)/g)].map(([, n]) => Number(n));
const linkIn = ({ html }: SeenPage, id: string) => new RegExp(`<a id="${id}"[^>]* href="([^"]+)"`).exec(html)?.[1];
const classOf = ({ html }: SeenPage, offset: number) => new RegExp(`class="([^"]+)" id="m-${offset}"`).exec(html)?.[1];

describe("a room's past", () => {
  test("pages follow each other both ways without hole or double, and each entry looks as it does on one page", async () => {
    await using gateway = await startGateway();
    const ana = await signUpPerson(gateway.url);
    const { slug, id } = await ana.createRoom(freshName("past"));
    for (let n = 0; n < 130; n++) {
      const posted = await ana.post(slug, `text ${n}`);
      // Reactions have offsets of their own: what stands in a row does not count by one.
      if (n % 3 === 0) await ana.call("PUT", `/rooms/${id}/messages/${posted}/reactions/${encodeURIComponent("👍")}`);
    }
    const reader = createPagePerson(gateway.url, ana.name);
    await reader.submit(await reader.visit("/sign-in"), "/sign-in", { name: ana.name, password: ana.password });
    const down: number[] = [];
    const looks = new Map<number, string | undefined>();
    const note = (page: SeenPage) => {
      for (const offset of offsets(page).filter((each) => !looks.has(each))) {
        looks.set(offset, classOf(page, offset)?.replace(" start", ""));
      }
    };
    let path: string | undefined = `/rooms/${slug}?after=0`;
    let last: SeenPage | undefined;
    while (path !== undefined) {
      const page: SeenPage = await reader.visit(path);
      const fresh = offsets(page).filter((offset) => offset > (down.at(-1) ?? 0));
      expect(classOf(page, fresh[0] ?? 0)).toEndWith("start");
      down.push(...fresh);
      note(page);
      last = page;
      path = linkIn(page, "newer");
    }
    expect(linkIn(last as SeenPage, "jump")).toBe(`/rooms/${slug}`);
    expect(last?.html).toContain(`href="/rooms/${slug}" hidden>Jump to latest`);
    const up: number[] = [];
    for (path = `/rooms/${slug}`; path !== undefined; ) {
      const page: SeenPage = await reader.visit(path);
      up.unshift(...offsets(page));
      for (const offset of offsets(page)) expect(looks.get(offset)).toBe(classOf(page, offset));
      path = linkIn(page, "older");
    }
    expect(up).toEqual(down);
    expect(up).toHaveLength(132);
    const top = await reader.visit(`/rooms/${slug}?after=0`);
    expect(linkIn(top, "older")).toBeUndefined();
    const beyond = await reader.visit(`/rooms/${slug}?before=1`);
    expect([offsets(beyond), linkIn(beyond, "newer")]).toEqual([[], `/rooms/${slug}?after=0`]);
  });

  test("a permalink shows as many entries before its message as after it, is marked, and leads on", async () => {
    await using gateway = await startGateway();
    const ana = await signUpAtPage(gateway.url);
    const poster = await signUpPerson(gateway.url);
    for (let n = 0; n < 120; n++) await poster.post("lobby", `text ${n}`);
    const page = await ana.visit("/rooms/lobby?at=70");
    const shown = offsets(page);
    expect(shown).toHaveLength(timelinePageSize);
    expect(shown.filter((offset) => offset < 70)).toHaveLength(timelinePageSize / 2);
    expect(classOf(page, 70)).toEndWith("focused");
    expect(linkIn(page, "older")).toBe(`/rooms/lobby?before=${shown[0]}`);
    expect(linkIn(page, "newer")).toBe(`/rooms/lobby?after=${shown.at(-1)}`);
    expect(page.html).not.toContain("read.gif");
    const newest = await ana.visit("/rooms/lobby?at=121");
    expect([offsets(newest).length, linkIn(newest, "newer")]).toEqual([timelinePageSize, undefined]);
    const nowhere = await ana.visit("/rooms/lobby?at=9999");
    expect([nowhere.status, linkIn(nowhere, "newer")]).toEqual([200, undefined]);
  });
});

describe("a link to a message", () => {
  test("opened signed out leads to the message after signing in, signing up, and joining", async () => {
    await using gateway = await startGateway();
    const ana = await signUpPerson(gateway.url);
    const { slug } = await ana.createRoom(freshName("linked"));
    for (let n = 0; n < 60; n++) await ana.post(slug, `text ${n}`);
    const signedOut = createPagePerson(gateway.url, ana.name);
    const asked = await signedOut.visit(`/rooms/${slug}?at=20`);
    expect(asked.path).toBe(`/sign-in?next=${encodeURIComponent(`/rooms/${slug}?at=20`)}`);
    const back = await signedOut.submit(asked, "/sign-in", { name: ana.name, password: ana.password });
    expect(back.path).toBe(`/rooms/${slug}?at=20#m-20`);
    expect(classOf(back, 20)).toContain("focused");
    const stranger = createPagePerson(gateway.url);
    const entry = await stranger.visit(`/sign-up?next=${encodeURIComponent(`/rooms/${slug}?at=20`)}`);
    const outside = await stranger.submit(entry, "/sign-up", { name: stranger.name, password: pagePassword });
    expect(outside.path).toBe(`/rooms/${slug}?at=20#m-20`);
    const joined = await stranger.submit(outside, `/rooms/${slug}/join?at=20`);
    expect(joined.path).toBe(`/rooms/${slug}?at=20#m-20`);
    expect(classOf(joined, 20)).toContain("focused");
  });

  for (const [next, to] of [
    [undefined, "/"],
    ["/people", "/people"],
    ["/rooms/lobby", "/rooms/lobby"],
    ["/rooms/lobby?at=7", "/rooms/lobby?at=7#m-7"],
    ["/rooms/lobby?x=1&at=7&y=2", "/rooms/lobby?x=1&at=7&y=2#m-7"],
    ["/rooms/lobby?at=7#here", "/rooms/lobby?at=7#here"],
    ["/rooms/lobby?at=x", "/rooms/lobby?at=x"],
    ["/rooms/lobby/people?at=7", "/rooms/lobby/people?at=7"],
    ["/rooms?q=%3Fat=7", "/rooms?q=%3Fat=7"],
  ] as const) {
    test(`signing in with ${next} leads to ${to}`, () => {
      expect(landing(next)).toBe(to);
    });
  }

  test("a form that is sent after the sign-in has ended leads back to its page", async () => {
    await using gateway = await startGateway();
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      origin: gateway.url,
      referer: `${gateway.url}/rooms/lobby?at=3`,
    };
    const answer = await fetch(`${gateway.url}/rooms/lobby/messages`, { method: "POST", body: "text=x", headers });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('href="/sign-in?next=%2Frooms%2Flobby%3Fat%3D3"');
  });
});

describe("the page of an error", () => {
  const rooms = (html: string) =>
    [...html.matchAll(/<li data-room="[^"]+"[^>]*><a href="([^"]+)"/g)].map(([, href]) => href);

  test("has the real list of rooms, whatever the error", async () => {
    let broken = false;
    await using gateway = await startGateway({
      between: (ports) => ({
        ...ports,
        users: {
          ...ports.users,
          list: async () => {
            if (broken) throw new Error("a bug");
            throw unavailable("The list is away.");
          },
        },
      }),
    });
    const ana = await signUpAtPage(gateway.url);
    const other = await signUpPerson(gateway.url);
    const hidden = await other.createRoom(freshName("hidden"), "private");
    const open = await other.createRoom(freshName("open"));
    const form = {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: gateway.url },
    };
    const answers: [number, SeenPage][] = [
      [404, await ana.visit("/nowhere")],
      [404, await ana.visit(`/rooms/${hidden.slug}`)],
      [403, await ana.visit(`/rooms/${open.slug}/read.gif?offset=1`, { headers: { referer: gateway.url } })],
      [413, await ana.visit("/rooms", { ...form, body: `name=${"x".repeat(maxBodyBytes + 1)}` })],
      [
        415,
        await ana.visit("/rooms", {
          method: "POST",
          headers: { origin: gateway.url, "content-type": "text/plain" },
          body: "x",
        }),
      ],
      [503, await ana.visit("/people")],
    ];
    broken = true;
    answers.push([500, await ana.visit("/people")]);
    for (const [status, page] of answers) {
      expect([page.path, page.status]).toEqual([page.path, status]);
      expect(rooms(page.html)).toEqual(["/rooms/lobby"]);
      expect(page.html).not.toContain("joined any rooms");
    }
    const lonely = await signUpAtPage(gateway.url);
    await lonely.submit(await lonely.visit("/rooms/lobby/people"), "/rooms/lobby/leave");
    expect((await lonely.visit("/nowhere")).html).toContain("joined any rooms");
    const stranger = await createPagePerson(gateway.url).visit("/nowhere");
    expect([stranger.status, stranger.html.includes('id="rooms"')]).toEqual([404, false]);
  });

  test("has none while the store is away or slow, and asks for no more than its limit at once", async () => {
    let answer: () => Promise<never> = () => Promise.reject(unavailable("The store is away."));
    let asked = 0;
    let working = true;
    const hanging: (() => void)[] = [];
    await using gateway = await startGateway({
      between: (ports) => ({
        ...ports,
        rooms: {
          ...ports.rooms,
          sidebarOf: (...words) => {
            if (working) return ports.rooms.sidebarOf(...words);
            asked++;
            return answer();
          },
        },
      }),
    });
    const ana = await signUpAtPage(gateway.url);
    working = false;
    const away = await ana.visit("/rooms/lobby");
    expect([away.status, away.html.includes("data-missing"), away.html.includes("<li data-room")]).toEqual([
      503,
      true,
      false,
    ]);
    expect(away.html).not.toContain("joined any rooms");
    answer = () => new Promise((_, reject) => void hanging.push(() => reject(unavailable("It took too long."))));
    asked = 0;
    const from = performance.now();
    const pages = await Promise.all(Array.from({ length: maxProblemLists + 5 }, () => ana.visit("/nowhere")));
    expect(performance.now() - from).toBeGreaterThan(problemListMs - 50);
    for (const page of pages) expect([page.status, page.html.includes("data-missing")]).toEqual([404, true]);
    expect(asked).toBe(maxProblemLists);
    for (const end of hanging) end();
    working = true;
    expect(rooms((await ana.visit("/nowhere")).html)).toEqual(["/rooms/lobby"]);
  });
});

describe("after 170 sign-ups", () => {
  test("the newest page shows its messages, and the joins among them are one line", async () => {
    await using own = await startGateway();
    const writer = await signUpPerson(own.url);
    for (let n = 0; n < timelinePageSize + 3; n++) await writer.post("lobby", `line ${n}`);
    await Promise.all(Array.from({ length: 169 }, () => signUpPerson(own.url)));
    const reader = await signUpAtPage(own.url);
    await writer.post("lobby", "after them");
    const { html } = await reader.visit("/rooms/lobby");
    expect(html.match(/<li class="message[^"]*" id="m-/g)).toHaveLength(timelinePageSize);
    expect(html.match(/<li class="note fold/g)).toHaveLength(1);
    expect(html).toMatch(/and 168 others joined<\/summary>/);
    expect(html).toContain("after them");
    const older = await reader.visit(/href="([^"]*before=[^"]*)"/.exec(html)?.[1] ?? "");
    expect(older.html.match(/<li class="message[^"]*" id="m-/g)).toHaveLength(4);
    expect(older.html).toContain("line 3<");
  }, 60_000);

  test("what a page reads is bounded: more joins than that are on the page before", async () => {
    await using own = await startGateway();
    const writer = await signUpPerson(own.url);
    const room = await writer.createRoom(freshName("busy"));
    await writer.post(room.id, "before them");
    const stored = await own.ports.events.head(room.id as RoomId);
    const from = (stored?.offset ?? 0) + 1;
    const members = Array.from({ length: maxEntriesRead }, (_, n) => ({
      id: Bun.randomUUIDv7() as UserId,
      name: `m${n}`,
    }));
    const at = new Date().toISOString();
    for (const member of members) await own.ports.users.create({ ...member, kind: "person", createdAt: at }, undefined);
    const events = members.map((member, n) => {
      const id = Bun.randomUUIDv7() as EventId;
      return {
        id,
        room: room.id as RoomId,
        author: member,
        at,
        offset: from + n,
        type: "member.joined",
        member,
      } as const;
    });
    await own.ports.log.append(events[0] as never);
    for (const event of events.slice(1)) await own.ports.log.append(event as never);
    const reader = await signUpAtPage(own.url);
    const { html } = await reader.visit(`/rooms/${room.slug}`);
    expect(html).not.toContain("before them");
    expect(html).toMatch(new RegExp(`and ${maxEntriesRead - 3} others joined</summary>`));
    const older = await reader.visit(/href="([^"]*before=[^"]*)"/.exec(html)?.[1] ?? "");
    expect(older.html).toContain("before them");
  });
});
