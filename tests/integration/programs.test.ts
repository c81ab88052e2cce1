/** The socket for programs, driven by hand: connecting, a room seen live, what comes back, and what ends it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { connectProgram, openProgram, type Program } from "../support/program.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const person = () => signUpPerson(gateway.url);
const program = (who: ApiPerson) => connectProgram(gateway.url, { token: who.token });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const subscribe = (to: Program, room: { id: string }, more = {}) =>
  to.call({ subscribe: { channel: `room:${room.id}`, ...more } });

async function roomOf(...people: ApiPerson[]): Promise<{ id: string }> {
  const [owner, ...others] = people;
  const room = await owner!.createRoom(freshName("room"));
  for (const other of others) await other.call("PUT", `/rooms/${room.id}/members/me`);
  return room;
}

describe("connecting", () => {
  test("says who one is, for how long, and how the connection is kept alive", async () => {
    const ana = await person();
    const socket = await openProgram(gateway.url);
    const { connect } = await socket.call({ connect: { token: ana.token, name: "test" } });
    expect(connect).toMatchObject({
      client: expect.any(String),
      version: "superchat",
      expires: true,
      ping: 25,
      pong: true,
    });
    expect(connect.ttl).toBeWithin(590, 601);
    expect(connect.subs).toEqual({ [`user:${ana.id}`]: {} });
  });

  test("works with the Authorization header, and with our page's cookie from our own origin only", async () => {
    const ana = await person();
    const cookie = `superchat_access=${ana.token}`;
    const byHeader = await openProgram(gateway.url, { headers: { authorization: `Bearer ${ana.token}` } });
    expect((await byHeader.call({ connect: {} })).connect.expires).toBeUndefined();
    const byCookie = await openProgram(gateway.url, { headers: { cookie, origin: gateway.url } });
    expect((await byCookie.call({ connect: {} })).connect.subs).toEqual({ [`user:${ana.id}`]: {} });
    for (const origin of ["https://evil.example", "null", undefined]) {
      const headers = { cookie, ...(origin ? { origin } : {}) };
      const socket = await openProgram(gateway.url, { headers });
      expect((await socket.call({ connect: {} })).error).toMatchObject({ code: 101 });
      expect((await socket.call({ connect: { token: ana.token } })).connect).toBeDefined();
    }
  });

  test("with a token that is not good ends with 3500", async () => {
    const socket = await openProgram(gateway.url);
    socket.send(JSON.stringify({ id: 1, connect: { token: "x.y.z" } }));
    expect(await socket.ended()).toMatchObject({ code: 3500, reason: "invalid token" });
  });

  test("comes first, and once", async () => {
    const ana = await person();
    const early = await openProgram(gateway.url);
    early.send(JSON.stringify({ id: 1, rpc: { method: "typing", data: {} } }));
    expect(await early.ended()).toMatchObject({ code: 3501 });
    const twice = await program(ana);
    twice.send(JSON.stringify({ id: 9, connect: { token: ana.token } }));
    expect(await twice.ended()).toMatchObject({ code: 3501 });
  });
});

describe("a room's channel", () => {
  test("brings the same events to everybody in the same order, with their authors", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await roomOf(ana, ben);
    const channel = `room:${room.id}`;
    const [a, b] = [await program(ana), await program(ben)];
    const { subscribe: reply } = await subscribe(a, room);
    expect(reply).toMatchObject({ recoverable: true, positioned: true, offset: 3, epoch: expect.any(String) });
    expect(reply.recovered).toBeUndefined();
    await subscribe(b, room);
    const id = Bun.randomUUIDv7();
    await Promise.all([
      ...range(1, 40).map((n) => a.call({ publish: { channel, data: { text: `a${n}`, ...(n === 1 ? { id } : {}) } } })),
      ...range(1, 40).map((n) => b.call({ publish: { channel, data: { text: `b${n}` } } })),
    ]);
    await until(() => a.offsets(channel).length >= 80 && b.offsets(channel).length >= 80, { what: "all events" });
    expect(a.offsets(channel)).toEqual(range(4, 83));
    expect(b.publications(channel)).toEqual(a.publications(channel));
    const mine = a.publications(channel).filter(({ info }) => info.user === ana.id);
    expect(mine.map(({ data }) => data.text)).toEqual(range(1, 40).map((n) => `a${n}`));
    expect(mine[0]).toMatchObject({
      data: {
        id,
        room: room.id,
        type: "message.posted",
        author: { id: ana.id, name: ana.name },
        offset: mine[0]?.offset,
      },
      info: { user: ana.id, conn_info: { name: ana.name } },
    });
    const { items } = (await ana.get(`/rooms/${room.id}/events?after=3`)).body;
    expect(a.publications(channel).map(({ data }) => data)).toEqual(items);
  });

  test("is for members only, and for ids only", async () => {
    const [ana, eve] = [await person(), await person()];
    const e = await program(eve);
    for (const [visibility, code] of [
      ["public", 103],
      ["private", 102],
    ] as const) {
      const room = await ana.createRoom(freshName("closed"), visibility);
      const channel = `room:${room.id}`;
      expect((await subscribe(e, room)).error.code).toBe(code);
      expect((await e.call({ publish: { channel, data: { text: "hi" } } })).error.code).toBe(code);
      expect((await e.call({ history: { channel, limit: 1 } })).error.code).toBe(code);
      expect((await e.call({ presence: { channel } })).error.code).toBe(code);
      await ana.post(room.id, "not for you");
    }
    for (const channel of ["room:lobby", "room:", "lobby", "", "room:x\ny", `room:${Bun.randomUUIDv7()}`]) {
      expect((await e.call({ subscribe: { channel } })).error.code).toBe(102);
    }
    expect((await e.call({ subscribe: { channel: `user:${ana.id}` } })).error.code).toBe(103);
    expect((await e.call({ subscribe: { channel: `user:${eve.id}` } })).error.code).toBe(105);
    expect(e.replies.some(({ push }) => push)).toBe(false);
  });

  test("ends when one unsubscribes", async () => {
    const ana = await person();
    const room = await roomOf(ana);
    const channel = `room:${room.id}`;
    const a = await program(ana);
    await subscribe(a, room);
    expect((await subscribe(a, room)).error.code).toBe(105);
    expect((await a.call({ unsubscribe: { channel } })).unsubscribe).toEqual({});
    await ana.post(room.id, "unheard");
    await subscribe(a, room);
    await ana.post(room.id, "heard");
    await until(() => a.publications(channel).length > 0, { what: "a publication" });
    expect(a.publications(channel).map(({ data }) => data.text)).toEqual(["heard"]);
  });
});

describe("a token made for a program", () => {
  test("may do over the socket what its scopes say", async () => {
    const ana = await person();
    const room = await roomOf(ana);
    const channel = `room:${room.id}`;
    const limited = async (...scopes: string[]) => {
      const { status, body } = await ana.call("POST", "/tokens", { name: "socket", scopes });
      expect(status).toBe(201);
      return await connectProgram(gateway.url, { token: body.secret });
    };
    const post = { publish: { channel, data: { text: "by a program" } } };
    const rpc = { rpc: { method: "typing", data: { room: room.id } } };
    const [reads, writes, looks] = [
      await limited("messages:read"),
      await limited("messages:write"),
      await limited("rooms:read"),
    ];
    const code = async (by: Program, command: Record<string, unknown>) => (await by.call(command)).error?.code;
    for (const [by, subscribes, posts, sees] of [
      [reads, undefined, 103, 103],
      [writes, 103, undefined, 103],
      [looks, 103, 103, undefined],
    ] as const) {
      expect(await code(by, { subscribe: { channel } })).toBe(subscribes);
      expect(await code(by, { history: { channel } })).toBe(subscribes);
      expect(await code(by, post)).toBe(posts);
      expect(await code(by, rpc)).toBe(posts);
      expect(await code(by, { presence: { channel } })).toBe(sees);
      expect(await code(by, { presence_stats: { channel } })).toBe(sees);
    }
    await until(() => reads.publications(channel).length === 1, { what: "the post" });
    const news = (by: Program) => by.replies[0]?.connect.subs;
    expect([news(reads), news(writes)]).toEqual([{ [`user:${ana.id}`]: {} }, {}]);
  });
});

describe("who is here", () => {
  test("are the members with an open page or program, each once", async () => {
    const [ana, ben, cleo] = [await person(), await person(), await person()];
    const room = await roomOf(ana, ben, cleo);
    const channel = `room:${room.id}`;
    const [a] = [await program(ana), await program(ana)];
    const { presence } = (await a.call({ presence: { channel } })).presence;
    expect(presence).toEqual({ [ana.id]: { user: ana.id, client: ana.id, conn_info: { name: ana.name } } });
    await program(ben);
    await until(async () => (await a.call({ presence_stats: { channel } })).presence_stats.num_users === 2, {
      what: "ben being here",
    });
  });
});
