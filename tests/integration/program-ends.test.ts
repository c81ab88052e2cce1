/** What ends a program's connection or a subscription of its, and what its limits are. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { EventRun } from "#domain/events.ts";
import { maxFrameBytes } from "#gateway/page-inbox.ts";
import { commandBurst, maxFrameCommands, maxQueuedCommands, maxRefusedCommands } from "#gateway/programs/inbox.ts";
import { maxPresenceMembers } from "#gateway/programs/reading.ts";
import { maxChannels } from "#gateway/programs/subscribing.ts";
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
const unsubscribed = (from: Program, room: { id: string }) =>
  from.reply(({ push }) => push?.channel === `room:${room.id}` && push.unsubscribe, "being unsubscribed");

describe("a connection ends", () => {
  test("with 3503 within a second when the sign-in ends, whoever ends it; the others of the person hear of it", async () => {
    const ana = await person();
    const { body: second } = await ana.call("POST", "/sessions", { name: ana.name, password: ana.password });
    const [here, other] = [await program(ana), await connectProgram(gateway.url, { token: second.accessToken })];
    const from = performance.now();
    expect((await ana.call("DELETE", "/sessions/current")).status).toBeLessThan(300);
    const { code, atMs } = await here.ended();
    expect(code).toBe(3503);
    expect(atMs - from).toBeLessThan(1_000);
    const news = await other.reply(({ push }) => push?.pub?.data.type === "signed-out");
    expect(news.push.channel).toBe(`user:${ana.id}`);
    const again = await openProgram(gateway.url);
    again.send(JSON.stringify({ id: 1, connect: { token: ana.token } }));
    expect((await again.ended()).code).toBe(3500);
  });

  test("with 3001 when the gateway stops, spread, after the commands in hand are done", async () => {
    const own = await startGateway();
    const ana = await signUpPerson(own.url);
    const room = await ana.createRoom(freshName("stop"));
    const programs = await Promise.all(range(1, 20).map(() => connectProgram(own.url, { token: ana.token })));
    const [first] = programs;
    const posts = Promise.all(
      range(1, 30).map((n) => first!.call({ publish: { channel: `room:${room.id}`, data: { text: `m${n}` } } })),
    );
    await until(() => first!.replies.some((reply) => reply.publish), { what: "the first of them to be done" });
    const stopped = own.close();
    for (const { publish } of await posts) expect(publish).toEqual({});
    const ends = await Promise.all(programs.map((each) => each.ended()));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([3001]));
    const times = ends.map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(250);
    await stopped;
  });

  const bad = ["x", "[]", "7", '"x"', '{"id":"a"}', '{"id":-1,"connect":{}}', '{"id":5}{}', '{"id":4294967296}'];
  test.each([...bad, '{"id":9,"subscribe":{"channel":7}}'])("with 3501 for %p", async (frame) => {
    const a = await program(await person());
    a.send(frame);
    expect(await a.ended()).toMatchObject({ code: 3501, reason: "bad request" });
  });

  test("with 3508 for a message without an answer, which nobody here would read", async () => {
    const a = await program(await person());
    a.send('{"send":{"data":{}}}');
    expect((await a.ended()).code).toBe(3508);
  });
});

describe("a subscription ends", () => {
  test("within a second when one leaves, on every connection, and nothing comes after", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("leave"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const [one, two] = [await program(ben), await program(ben)];
    await Promise.all([subscribe(one, room), subscribe(two, room)]);
    const from = performance.now();
    await ben.call("DELETE", `/rooms/${room.id}/members/me`);
    for (const each of [one, two]) {
      const { push } = await unsubscribed(each, room);
      expect(push.unsubscribe).toEqual({ code: 2000, reason: "server unsubscribe" });
      await each.reply(({ push }) => push?.pub?.data.type === "membership" && push.pub.data.member === false);
    }
    expect(performance.now() - from).toBeLessThan(1_000);
    await ana.post(room.id, "without ben");
    expect((await subscribe(one, room)).error.code).toBe(103);
    expect(one.offsets(`room:${room.id}`)).toEqual([]);
  });

  test("with 2500 when the room's stream began anew; the old position is then no good", async () => {
    let told: ((run: EventRun) => void) | undefined;
    let epoch: string | undefined;
    await using own = await startGateway({
      between: (ports) => ({
        ...ports,
        stream: {
          ...ports.stream,
          subscribe: (room, listener) => {
            told = listener;
            return ports.stream.subscribe(room, (run) => listener({ ...run, epoch: epoch ?? run.epoch }));
          },
          head: async (room) => {
            const head = await ports.stream.head(room);
            return { ...head, epoch: epoch ?? head.epoch };
          },
        },
        events: {
          ...ports.events,
          head: async (room) => {
            const head = await ports.events.head(room);
            return head && { ...head, epoch: epoch ?? head.epoch };
          },
        },
      }),
    });
    const ana = await signUpPerson(own.url);
    const room = await ana.createRoom(freshName("anew"));
    const a = await connectProgram(own.url, { token: ana.token });
    const { subscribe: first } = await subscribe(a, room);
    epoch = "anew";
    told?.({ room: room.id as EventRun["room"], epoch, events: [] });
    expect((await unsubscribed(a, room)).push.unsubscribe).toEqual({ code: 2500, reason: "insufficient state" });
    const back = await subscribe(a, room, { recover: true, epoch: first.epoch, offset: first.offset });
    expect(back.subscribe).toMatchObject({ recovered: false, epoch: "anew" });
    await ana.post(room.id, "live again");
    await until(() => a.offsets(`room:${room.id}`).length === 1, { what: "what is live" });
  });
});

describe("limits", () => {
  test("a frame of 64 KiB is taken, one byte more ends the connection", async () => {
    const ana = await person();
    const a = await program(ana);
    a.send('{"id":7,"ping":{}}'.padEnd(maxFrameBytes, " "));
    await a.reply(({ id }) => id === 7);
    a.send('{"id":8,"ping":{}}'.padEnd(maxFrameBytes + 1, " "));
    expect((await a.ended()).code).toBeOneOf([1006, 1009]);
  });

  test("commands share a frame, and so do their replies, in order", async () => {
    const a = await program(await person());
    const frame = (count: number) =>
      range(100, 99 + count)
        .map((id) => `{"id":${id},"ping":{}}`)
        .join("\n");
    a.send(frame(maxFrameCommands));
    await a.reply(({ id }) => id === 99 + maxFrameCommands);
    expect(a.replies.flatMap(({ id }) => (id >= 100 ? [id] : []))).toEqual(range(100, 99 + maxFrameCommands));
    expect(a.frames.filter((each) => each.includes('"ping":{}'))).toHaveLength(1);
    a.send(frame(maxFrameCommands + 1));
    expect((await a.ended()).code).toBe(3501);
  });

  test("who does not wait for replies is told to come back", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    let hold = false;
    await using own = await startGateway({
      between: (ports) => ({
        ...ports,
        rooms: { ...ports.rooms, access: (ref, viewer) => (hold ? held : ports.rooms.access(ref, viewer)) },
      }),
    });
    const a = await connectProgram(own.url, { token: (await signUpPerson(own.url)).token });
    hold = true;
    const channel = `room:${Bun.randomUUIDv7()}`;
    const frame = (count: number) =>
      range(1, count)
        .map((n) => JSON.stringify({ id: n + 100, history: { channel } }))
        .join("\n");
    for (let n = 0; n < maxQueuedCommands; n += 256) a.send(frame(256));
    a.send("{}");
    await expect(a.ended(200)).rejects.toThrow();
    a.send(frame(1));
    expect((await a.ended()).code).toBe(3013);
    release(undefined);
  });

  test("too many commands are answered so, and who goes on regardless is told to come back", async () => {
    await using own = await startGateway({ env: { LIMITS: "on" } });
    const a = await connectProgram(own.url, { token: (await signUpPerson(own.url)).token });
    const send = (from: number, to: number) =>
      a.send(
        range(from, to)
          .map((id) => `{"id":${id},"ping":{}}`)
          .join("\n"),
      );
    send(1_000, 1_399);
    send(2_000, 2_399);
    const { error } = await a.reply(({ error }) => error);
    expect(error).toMatchObject({ code: 111, temporary: true });
    await a.reply(({ id }) => id === 2_399);
    const refused = a.replies.filter((reply) => reply.error?.code === 111).length;
    expect(refused).toBeWithin(800 - commandBurst - 50, 800 - commandBurst + 2);
    send(3_000, 3_000 + maxRefusedCommands);
    expect((await a.ended()).code).toBe(3013);
  });

  test("channels of one connection", async () => {
    const ana = await person();
    const a = await program(ana);
    const rooms = await Promise.all(range(0, maxChannels).map(() => ana.createRoom(freshName("many"))));
    for (const room of rooms.slice(0, -1)) expect((await subscribe(a, room)).subscribe).toBeDefined();
    expect((await subscribe(a, rooms.at(-1)!)).error.code).toBe(106);
    await a.call({ unsubscribe: { channel: `room:${rooms[0]?.id}` } });
    expect((await subscribe(a, rooms.at(-1)!)).subscribe).toBeDefined();
  }, 30_000);

  test("who is here is told of rooms up to a size", async () => {
    let memberCount = maxPresenceMembers;
    await using own = await startGateway({
      between: (ports) => ({
        ...ports,
        rooms: {
          ...ports.rooms,
          access: async (ref, viewer) => {
            const access = await ports.rooms.access(ref, viewer);
            return access && { ...access, room: { ...access.room, memberCount } };
          },
        },
      }),
    });
    const ana = await signUpPerson(own.url);
    const room = await ana.createRoom(freshName("large"));
    const a = await connectProgram(own.url, { token: ana.token });
    const ask = { presence_stats: { channel: `room:${room.id}` } };
    expect((await a.call(ask)).presence_stats).toEqual({ num_clients: 1, num_users: 1 });
    memberCount += 1;
    expect((await a.call(ask)).error.code).toBe(106);
  });
});
