import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import { maxResumeEvents } from "#gateway/catch-up.ts";
import { frameBurst, maxFrameBytes } from "#gateway/page-inbox.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, type LivePage, lookAt, openLive } from "../support/live-page.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const person = () => signUpPerson(gateway.url);
const look = (who: ApiPerson, room: { id: string }, after?: number) => lookAt(gateway.url, who, room, after);

const posted = (who: ApiPerson, page: LivePage, room: { id: string }, text: string, id = Bun.randomUUIDv7()) => {
  page.send({ post: { id, room: room.id, text } });
  return page.frame(({ ack, refused }) => (ack ?? refused)?.id === id, `the answer to ${text} of ${who.name}`);
};

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe("opening", () => {
  test("needs a sign-in and our own origin", async () => {
    const ana = await person();
    await expect(openLive(gateway.url, {})).rejects.toThrow();
    await expect(openLive(gateway.url, { cookie: "superchat_access=x" })).rejects.toThrow();
    for (const origin of [undefined, "https://evil.example", "null", `${gateway.url}1`]) {
      await expect(openLive(gateway.url, { cookie: cookieOf(ana), origin })).rejects.toThrow();
    }
    (await openLive(gateway.url, { cookie: cookieOf(ana) })).close();
  });

  test("works with the refresh cookie alone, which stays good", async () => {
    const ana = await person();
    const cookie = `superchat_refresh=${ana.refreshToken}`;
    (await openLive(gateway.url, { cookie })).close();
    (await openLive(gateway.url, { cookie })).close();
  });

  test("a room one is not in ends the socket", async () => {
    const [ana, eve] = [await person(), await person()];
    for (const visibility of ["public", "private"] as const) {
      const room = await ana.createRoom(freshName("closed"), visibility);
      const page = await openLive(gateway.url, { cookie: cookieOf(eve), query: `?room=${room.id}&after=0` });
      await ana.post(room.id, "not for you");
      expect((await page.ended()).code).toBe(4403);
      expect(page.html()).toBe("");
    }
  });
});

describe("a room seen live", () => {
  test("shows everybody the same events in the same order, each once", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("both"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const [a, b] = [await look(ana, room), await look(ben, room)];
    await Promise.all([
      ...range(1, 40).map((n) => posted(ana, a, room, `a${n}`)),
      ...range(1, 40).map((n) => posted(ben, b, room, `b${n}`)),
    ]);
    await until(() => a.offsets().length >= 80 && b.offsets().length >= 80, { what: "all events at both" });
    expect(a.offsets()).toEqual(range(4, 83));
    expect(b.offsets()).toEqual(a.offsets());
    expect(a.html()).toBe(b.html());
    const mine = [...a.html().matchAll(/>a(\d+)</g)].map(([, n]) => Number(n));
    expect(mine).toEqual(range(1, 40));
  });

  test("resumes exactly after what was seen, from any age that a page keeps", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("resume"));
    for (const n of range(1, 300)) await ana.post(room.id, `m${n}`);
    for (const after of [0, 1, 150, 301, 302]) {
      const page = await look(ana, room, after);
      expect(page.offsets()).toEqual(range(after + 1, 302));
      page.close();
    }
  });

  test("resumes without hole or repeat while others write", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("race"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const writer = await look(ben, room);
    const writing = Promise.all(range(1, 200).map((n) => posted(ben, writer, room, `m${n}`)));
    const pages: LivePage[] = [];
    for (let n = 0; n < 12; n++) {
      pages.push(await look(ana, room, n));
      await Bun.sleep(5);
    }
    await writing;
    for (const [n, page] of pages.entries()) {
      await until(() => page.offsets().at(-1) === 203, { what: "the newest event" });
      expect(page.offsets()).toEqual(range(n + 1, 203));
    }
  });

  test("is read anew when the position is of another epoch or too far back", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("epoch"));
    for (const [n, query] of [`?room=${room.id}&epoch=other&after=1`, `?room=${room.id}`].entries()) {
      const page = await openLive(gateway.url, { cookie: cookieOf(ana), query });
      const { reset } = await page.frame((frame) => frame.reset !== undefined, "a reset");
      expect(reset).toMatchObject({ room: room.id, offset: 2 + n });
      await ana.post(room.id, "after the reset");
      await page.frame(({ run }) => run !== undefined);
      page.close();
    }
    const before = (await ana.get(`/rooms/${room.id}`)).body.room;
    const texts = range(1, maxResumeEvents + 1);
    await Promise.all(texts.map((n) => ana.post(room.id, `m${n}`)));
    const query = `?room=${room.id}&epoch=${before.epoch}&after=`;
    const old = await openLive(gateway.url, { cookie: cookieOf(ana), query: `${query}${before.offset}` });
    await old.frame((frame) => frame.reset !== undefined, "a reset");
    const edge = await openLive(gateway.url, { cookie: cookieOf(ana), query: `${query}${before.offset + 1}` });
    await edge.frame(({ caughtUp }) => caughtUp !== undefined);
    expect(edge.offsets()).toHaveLength(maxResumeEvents);
  }, 20_000);

  test("tells who types and who is here", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("typing"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const a = await look(ana, room);
    const b = await look(ben, room);
    await a.frame(({ presence }) => presence?.user === ben.id && presence.online, "ben being here");
    await b.frame(({ unread }) => unread !== undefined);
    b.send({ typing: { room: room.id } });
    const { typing } = await a.frame((frame) => frame.typing !== undefined);
    expect(typing).toEqual({ room: room.id, user: { id: ben.id, name: ben.name } });
  });

  test("counts what is unread elsewhere, and reading is told to one's other pages", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("count"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const [phone, laptop] = [
      await openLive(gateway.url, { cookie: cookieOf(ben) }),
      await openLive(gateway.url, { cookie: cookieOf(ben) }),
    ];
    const state = (await phone.frame(({ unread }) => unread !== undefined)).unread;
    expect(state).toContainEqual({ room: room.id, readOffset: 3, unread: 0, mentions: 0, offset: 3 });
    await laptop.frame(({ unread }) => unread !== undefined);
    await ana.post(room.id, `look @${ben.name}`);
    const { activity } = await phone.frame((frame) => frame.activity !== undefined);
    expect(activity).toEqual({ room: room.id, from: 4, to: 4, messages: [[4, ana.id, [ben.id]]] });
    phone.send({ read: { room: room.id, offset: 4 } });
    const read = await laptop.frame(({ unread }) => unread?.length === 1 && unread[0].readOffset === 4);
    expect(read.unread).toEqual([{ room: room.id, readOffset: 4, unread: 0, mentions: 0, offset: 4 }]);
    phone.send({ read: { room: room.id, offset: 9_000 } });
    await ana.post(room.id, "next");
    await until(
      async () =>
        (await ben.get("/rooms?mine=true")).body.items.some(
          (r: { id: string; unread: number }) => r.id === room.id && r.unread === 1,
        ),
      {
        what: "a mark past the end not to hide the next message",
      },
    );
  });
});

describe("ends", () => {
  test("within a second when the session ends, whoever ends it", async () => {
    const ana = await person();
    const page = await look(ana, { id: "lobby" });
    const from = performance.now();
    await ana.call("DELETE", "/sessions");
    const { code, atMs } = await page.ended();
    expect(code).toBe(4401);
    expect(atMs - from).toBeLessThan(1_000);
    expect(page.frames.at(-1)).toEqual({ signedOut: true });
  });

  test("a room's part within a second when one leaves", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("leave"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    // Somebody stays, so that the gateway goes on following the room.
    const stays = await look(ana, room);
    const page = await look(ben, room);
    await page.frame(({ unread }) => unread !== undefined);
    await ben.call("DELETE", `/rooms/${room.id}/members/me`);
    await page.frame(({ rooms }) => rooms?.room === room.id && rooms.member === false);
    const seen = page.frames.length;
    await ana.post(room.id, "without ben");
    await stays.frame(({ content }) => content?.includes("without ben"));
    await ana.post("lobby", "a later sign");
    await page.frame(({ activity }) => activity !== undefined && activity.room !== room.id, "news of the lobby");
    expect(JSON.stringify(page.frames.slice(seen))).not.toContain(room.id);
  });

  test("and begins when one accepts an invitation, of which one is told", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("invite"), "private");
    const page = await openLive(gateway.url, { cookie: cookieOf(ben) });
    await page.frame(({ unread }) => unread !== undefined);
    await ana.call("PUT", `/rooms/${room.id}/members/${ben.id}`);
    await page.frame(({ waiting }) => waiting === true);
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    await page.frame(({ rooms }) => rooms?.room === room.id && rooms.member === true);
    await ana.post(room.id, "welcome");
    await page.frame(({ activity }) => activity?.room === room.id);
  });

  test("with 1012 when the gateway stops, after the frames in hand are done", async () => {
    await using own = await startGateway();
    const ana = await signUpPerson(own.url);
    const pages = await Promise.all(
      range(1, 5).map(() => openLive(own.url, { cookie: cookieOf(ana), query: "?room=lobby" })),
    );
    const ids = range(1, 20).map(() => Bun.randomUUIDv7());
    for (const id of ids) pages[0]?.send({ post: { id, room: "lobby", text: `last words ${id}` } });
    await pages[0]?.frame(({ ack }) => ack !== undefined);
    await own.close();
    for (const page of pages) expect((await page.ended()).code).toBe(1012);
    const acked = pages[0]?.frames.flatMap(({ ack }) => ack?.id ?? []) ?? [];
    for (const id of acked) expect(await own.ports.events.find(id)).toBeDefined();
  });
});

describe("bad frames", () => {
  test.each(["", "x", "[]", "7", "{}", '{"post":{}}', '{"post":{"id":"x","room":"lobby","text":"hi"}}'])(
    "%j is refused and the socket goes on",
    async (frame) => {
      const ana = await person();
      const page = await look(ana, { id: "lobby" });
      page.send(frame);
      const { refused } = await page.frame(({ refused }) => refused !== undefined);
      expect(refused.code).toBe("invalid");
      expect((await posted(ana, page, { id: "lobby" }, "still here")).ack).toBeDefined();
    },
  );

  test("a post that is refused says which, why, and whether to try again", async () => {
    const ana = await person();
    const page = await look(ana, { id: "lobby" });
    const { refused } = await posted(ana, page, { id: "lobby" }, " ");
    expect(refused).toMatchObject({ code: "invalid", id: expect.any(String), sentence: expect.any(String) });
    expect((await posted(ana, page, { id: Bun.randomUUIDv7() }, "where")).refused.code).toBe("not-found");
  });

  test("one byte over the limit closes with 1009", async () => {
    const ana = await person();
    const page = await look(ana, { id: "lobby" });
    page.send(`"${"x".repeat(maxFrameBytes - 2)}"`);
    await page.frame(({ refused }) => refused !== undefined);
    page.send(`"${"x".repeat(maxFrameBytes - 1)}"`);
    expect([1009, 1006]).toContain((await page.ended()).code);
  });

  test("a thousand in a second close with 1008 or 1013, and harm nobody else", async () => {
    const [eve, ana] = [await person(), await person()];
    const flood = await look(eve, { id: "lobby" });
    const calm = await look(ana, { id: "lobby" });
    for (let n = 0; n < 1_000; n++) flood.send({ typing: { room: "nowhere" } });
    expect([1008, 1013]).toContain((await flood.ended()).code);
    expect(frameBurst).toBeLessThan(1_000);
    expect((await posted(ana, calm, { id: "lobby" }, "calm")).ack).toBeDefined();
  });
});

test("a page keeps its socket while the stream is away, may send meanwhile, and is brought up to date after", async () => {
  let away = false;
  const gone = () => {
    if (away) throw unavailable("away");
  };
  await using own = await startGateway({
    between: (ports) => ({
      ...ports,
      stream: {
        ...ports.stream,
        head: async (room) => {
          gone();
          return await ports.stream.head(room);
        },
        publishAhead: async (event) => {
          gone();
          return await ports.stream.publishAhead(event);
        },
      },
    }),
  });
  const ana = await signUpPerson(own.url);
  const { epoch, offset } = (await ana.get("/rooms/lobby")).body.room;
  away = true;
  const query = `?room=lobby&epoch=${epoch}&after=${offset}`;
  const page = await openLive(own.url, { cookie: cookieOf(ana), query });
  expect((await posted(ana, page, { id: "lobby" }, "into the log")).ack).toBeDefined();
  expect(page.offsets()).toEqual([]);
  away = false;
  await page.frame(({ caughtUp }) => caughtUp !== undefined, "being caught up");
  expect(page.offsets()).toEqual([offset + 1]);
});
