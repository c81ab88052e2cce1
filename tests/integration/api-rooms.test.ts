import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { bringIn, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const person = () => signUpPerson(gateway.url);

describe("rooms", () => {
  test("are made, found, joined and left; each step is an event with the next offset", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Tea Room"));
    expect(room).toMatchObject({ visibility: "public", offset: 2 });
    expect((await ben.get(`/rooms/${room.slug}`)).body.room).toMatchObject({ id: room.id, memberCount: 1 });
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).body.room.memberCount).toBe(2);
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(200);
    expect((await ben.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBe(204);
    expect((await ben.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBe(204);
    const { body } = await ana.get(`/rooms/${room.id}/events`);
    expect(body.items.map((event: { offset: number; type: string }) => [event.offset, event.type])).toEqual([
      [1, "room.created"],
      [2, "member.joined"],
      [3, "member.joined"],
      [4, "member.left"],
    ]);
    expect([body.offset, body.next]).toEqual([4, null]);
  });

  test("of the same public name are a conflict; private ones may share a name", async () => {
    const [ana, ben] = [await person(), await person()];
    const name = freshName("Twice");
    await ana.createRoom(name);
    const again = await ben.call("POST", "/rooms", { name: name.toUpperCase(), visibility: "public" });
    expect([again.status, again.body.code, again.body.field]).toEqual([409, "conflict", "name"]);
    const [one, two] = [await ana.createRoom(name, "private"), await ben.createRoom(name, "private")];
    expect(one.slug).not.toBe(two.slug);
  });

  test("are listed page by page, each once", async () => {
    const ana = await person();
    const stem = freshName("zz");
    for (let n = 0; n < 5; n++) await ana.createRoom(`${stem} ${n}`);
    const slugs: string[] = [];
    let cursor = "";
    do {
      const { body } = await ana.get(`/rooms?limit=2&q=${stem}${cursor && `&cursor=${cursor}`}`);
      slugs.push(...body.items.map((room: { slug: string }) => room.slug));
      cursor = body.next ?? "";
    } while (cursor !== "");
    expect(slugs).toHaveLength(5);
    expect(new Set(slugs).size).toBe(5);
  });
});

describe("a private room", () => {
  test("can't be told from none on any path by somebody outside", async () => {
    const [ana, eve] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Secret"), "private");
    await ana.post(room.id, "only for us");
    const none = Bun.randomUUIDv7();
    for (const [method, path, body] of [
      ["GET", ""],
      ["GET", "/messages"],
      ["GET", "/events"],
      ["GET", "/members"],
      ["POST", "/messages", { text: "hello" }],
      ["PUT", "/members/me"],
      ["DELETE", "/members/me"],
      ["PUT", `/members/${eve.id}`],
      ["PUT", `/members/${ana.id}`],
    ] as const) {
      const [real, absent] = [
        await eve.call(method, `/rooms/${room.id}${path}`, body),
        await eve.call(method, `/rooms/${none}${path}`, body),
      ];
      expect([real.status, real.body.detail]).toEqual([404, absent.body.detail]);
      expect(absent.status).toBe(404);
      expect((await eve.call(method, `/rooms/${room.slug}${path}`, body)).status).toBe(404);
    }
    const { items } = (await eve.get("/rooms?limit=200")).body;
    expect(JSON.stringify(items)).not.toContain(room.id);
  });

  test("opens to who accepts an invitation, from then on", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Plans"), "private");
    expect((await bringIn(ana, room.id, ben)).status).toBe(200);
    await ben.post(room.id, "thanks");
    expect((await ben.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBe(204);
    expect((await ben.get(`/rooms/${room.id}/messages`)).status).toBe(404);
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(404);
  });
});

describe("a public room", () => {
  test("is read and written by members only", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Open"));
    for (const [method, path, body] of [
      ["GET", "/messages"],
      ["GET", "/events"],
      ["GET", "/members"],
      ["POST", "/messages", { text: "hello" }],
      ["PUT", `/members/${ben.id}`],
    ] as const) {
      expect((await ben.call(method, `/rooms/${room.id}${path}`, body)).status).toBe(403);
    }
  });
});

describe("a direct room", () => {
  test("is the same for the same two people, whoever asks, also at once", async () => {
    const [ana, ben] = [await person(), await person()];
    const answers = await Promise.all([
      ana.call("POST", "/rooms/direct", { userIds: [ben.id] }),
      ben.call("POST", "/rooms/direct", { userIds: [ana.id] }),
      ana.call("POST", "/rooms/direct", { userIds: [ben.id, ana.id] }),
    ]);
    const ids = new Set(answers.map(({ body }) => body.room.id));
    expect(ids.size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const [id] = ids;
    expect((await ben.get(`/rooms/${id}`)).body.room.name).toBe(ana.name);
    expect((await ana.get(`/rooms/${id}`)).body.room.memberCount).toBe(2);
  });

  test("can't be left, widened, or seen by a third person", async () => {
    const [ana, ben, eve] = [await person(), await person(), await person()];
    const { id } = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body.room;
    expect((await ana.call("DELETE", `/rooms/${id}/members/me`)).status).toBe(403);
    expect((await ana.call("PUT", `/rooms/${id}/members/${eve.id}`)).status).toBe(403);
    expect((await eve.get(`/rooms/${id}`)).status).toBe(404);
  });

  test("needs exactly one other person who exists", async () => {
    const [ana, ben, cy] = [await person(), await person(), await person()];
    for (const [userIds, status] of [
      [[], 422],
      [[ana.id], 422],
      [[ben.id, cy.id], 422],
      [[Bun.randomUUIDv7()], 404],
      [["x"], 404],
    ] as const) {
      expect((await ana.call("POST", "/rooms/direct", { userIds })).status).toBe(status);
    }
  });
});

describe("messages", () => {
  test("are one however often an id is sent", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("Once"));
    const id = Bun.randomUUIDv7();
    const send = (more = {}) => ana.call("POST", `/rooms/${room.id}/messages`, { id, text: "once", ...more });
    expect((await send()).status).toBe(201);
    for (const again of [await send(), await send({ resend: true }), await send({ text: "changed" })]) {
      expect([again.status, again.body.id]).toEqual([200, id]);
    }
    await Promise.all(Array.from({ length: 20 }, () => send()));
    const { items } = (await ana.get(`/rooms/${room.id}/messages`)).body;
    expect(items.map((message: { text: string }) => message.text)).toEqual(["once"]);
  });

  test("sent at once under one id are one", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("Burst"));
    const id = Bun.randomUUIDv7();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ana.call("POST", `/rooms/${room.id}/messages`, { id, text: "burst" })),
    );
    expect(answers.every(({ status, body }) => (status === 201 || status === 200) && body.id === id)).toBe(true);
    expect((await ana.get(`/rooms/${room.id}/events`)).body.items).toHaveLength(3);
  });

  test("can't take an id that is used by somebody else or in another room", async () => {
    const [ana, eve] = [await person(), await person()];
    const [room, other] = [await ana.createRoom(freshName("A")), await eve.createRoom(freshName("B"))];
    const id = await ana.post(room.id, "mine");
    await eve.call("PUT", `/rooms/${room.id}/members/me`);
    for (const [who, where] of [
      [eve, other],
      [eve, room],
    ] as const) {
      const { status, body } = await who.call("POST", `/rooms/${where.id}/messages`, { id, text: "stolen" });
      expect([status, body.code]).toEqual([409, "conflict"]);
    }
    expect((await eve.get(`/rooms/${other.id}/events`)).body.items).toHaveLength(2);
  });

  test("come in pages from the newest back to the first, in order", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("Long"));
    for (let n = 0; n < 25; n++) await ana.post(room.id, `m${n}`);
    const texts: string[] = [];
    let before = "";
    for (;;) {
      const { body } = await ana.get(`/rooms/${room.id}/messages?limit=10${before}`);
      texts.unshift(...body.items.map((message: { text: string }) => message.text));
      if (body.next === null) break;
      before = `&before=${body.next}`;
    }
    expect(texts).toEqual(Array.from({ length: 25 }, (_, n) => `m${n}`));
  });

  test("and everything else come as events after an offset, without holes", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("Events"));
    for (let n = 0; n < 10; n++) await ana.post(room.id, `m${n}`);
    const offsets: number[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const { body } = await ana.get(`/rooms/${room.id}/events?after=${after}&limit=5`);
      offsets.push(...body.items.map((event: { offset: number }) => event.offset));
      after = body.next;
    }
    expect(offsets).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  });

  test("carry who is named, and count as unread for the others", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Named"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    await ana.post(room.id, `hello @${ben.name} and @${freshName("nobody")}`);
    await ana.post(room.id, "and hello all");
    const { items } = (await ben.get(`/rooms/${room.id}/messages`)).body;
    expect(items[0].mentions).toEqual([ben.id]);
    const mine = async (who: typeof ana) =>
      (await who.get("/rooms?mine=true")).body.items.find((item: { id: string }) => item.id === room.id);
    expect(await mine(ben)).toMatchObject({ unread: 2, mentions: 1 });
    expect(await mine(ana)).toMatchObject({ unread: 0, mentions: 0 });
  });
});
