/** The protocol's own client for JavaScript, unchanged, against a gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Centrifuge, type Options, type PublicationContext, type Subscription } from "centrifuge";
import { createFixedClock } from "#adapters/memory/clock.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import { type ApiPerson, callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
const clock = createFixedClock(Date.now());
const clients: Centrifuge[] = [];
beforeAll(async () => {
  gateway = await startGateway({ clock, env: { ACCESS_TOKEN_SECONDS: "10" } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => gateway.close());

const person = () => signUpPerson(gateway.url);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

function client(who: ApiPerson, options: Partial<Options> = {}): Centrifuge {
  const made = new Centrifuge(`${gateway.url.replace("http", "ws")}/connection/websocket`, {
    token: who.token,
    minReconnectDelay: 50,
    ...options,
  });
  clients.push(made);
  return made;
}

async function connected(who: ApiPerson, options: Partial<Options> = {}): Promise<Centrifuge> {
  const made = client(who, options);
  made.connect();
  await made.ready(5_000);
  return made;
}

async function fresh(who: ApiPerson): Promise<string> {
  const { body } = await callApi(gateway.url, "POST", "/sessions/refresh", {
    body: { refreshToken: who.refreshToken },
  });
  who.refreshToken = body.refreshToken;
  who.token = body.accessToken;
  return body.accessToken;
}

function collected(subscription: Subscription): PublicationContext[] {
  const publications: PublicationContext[] = [];
  subscription.on("publication", (publication) => void publications.push(publication));
  return publications;
}

const once = <T>(on: (done: (context: T) => void) => void) => new Promise<T>((resolve) => on(resolve));

test("an answer that grows is heard piece by piece, from its beginning for who comes late, and moves no position", async () => {
  const ana = await person();
  const room = await ana.createRoom(freshName("growing"));
  const listen = async () => {
    const made = await connected(ana);
    const subscription = made.newSubscription(`room:${room.id}`);
    const heard = collected(subscription);
    subscription.subscribe();
    await subscription.ready(5_000);
    return { subscription, heard };
  };
  const early = await listen();
  const { growing } = gateway.ports;
  const [place, message] = [room.id as RoomId, Bun.randomUUIDv7() as EventId];
  await growing.claim(place, message, "pen");
  await growing.grow(place, message, "pen", { at: 0, piece: "Once upon", note: "" });
  await growing.grow(place, message, "pen", { at: 9, piece: " a time", note: "" });
  await until(() => early.heard.length === 2, { what: "two pieces" });
  const head = { type: "message.grown", room: room.id, message, note: "" };
  expect(early.heard.map(({ data }) => data)).toEqual([
    { ...head, at: 0, piece: "Once upon" },
    { ...head, at: 9, piece: " a time" },
  ]);
  const late = await listen();
  await until(() => late.heard.length === 1, { what: "the text so far" });
  expect(late.heard[0]?.data).toEqual({ ...head, at: 0, piece: "Once upon a time" });
  await ana.post(room.id, "and on");
  for (const { heard } of [early, late])
    await until(() => heard.at(-1)?.data.text === "and on", { what: "the message" });
  expect(early.heard.at(-1)?.offset).toBe(3);
});

describe("a connection", () => {
  test("with an expired token asks for a new one, and refreshes it before it expires", async () => {
    const ana = await person();
    clock.advance(11_000);
    let asked = 0;
    const a = client(ana, {
      getToken: async () => {
        asked += 1;
        return await fresh(ana);
      },
    });
    a.connect();
    await a.ready(5_000);
    expect(asked).toBe(1);
    await until(() => asked === 2, { deadlineMs: 15_000, what: "the refresh" });
    // Nothing is answered before the refresh is: so it was accepted.
    await a.rpc("typing", { room: "lobby" });
    expect(a.state).toBe("connected" as Centrifuge["state"]);
  }, 20_000);

  test("with a bad token ends for good, and so does one whose sign-in ends", async () => {
    const ana = await person();
    const bad = client(ana, { token: "nonsense" });
    bad.connect();
    expect(await once((done) => bad.on("disconnected", done))).toMatchObject({ code: 3500 });
    const a = await connected(ana);
    const end = once((done) => a.on("disconnected", done));
    await ana.call("DELETE", "/sessions");
    expect(await end).toMatchObject({ code: 3503 });
  });

  test("is told to come back when the gateway stops, and does", async () => {
    const own = await startGateway();
    const port = Number(new URL(own.url).port);
    const ana = await signUpPerson(own.url);
    const a = new Centrifuge(`${own.url.replace("http", "ws")}/connection/websocket`, { token: ana.token });
    clients.push(a);
    a.connect();
    await a.ready(5_000);
    const comingBack = once<{ code: number }>((done) => a.on("connecting", done));
    await own.close();
    expect((await comingBack).code).toBe(3001);
    await using other = await startGateway({ env: { PORT: `${port}` } });
    expect(other.url).toBe(own.url);
    // Its memory is new, so the token is no good there.
    expect(await once((done) => a.on("disconnected", done))).toMatchObject({ code: 3500 });
  }, 20_000);
});

describe("a subscription", () => {
  test("brings publications in order, with authors; publish, history, presence and rpc work", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("sdk"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const [a, b] = [await connected(ana), await connected(ben)];
    const [as, bs] = [a.newSubscription(`room:${room.id}`), b.newSubscription(`room:${room.id}`)];
    const [atAna, atBen] = [collected(as), collected(bs)];
    as.subscribe();
    bs.subscribe();
    await Promise.all([as.ready(5_000), bs.ready(5_000)]);
    const id = Bun.randomUUIDv7();
    await as.publish({ id, text: "first" });
    await Promise.all([
      ...range(2, 30).map((n) => as.publish({ text: `a${n}` })),
      ...range(1, 20).map((n) => bs.publish({ text: `b${n}` })),
    ]);
    await until(() => atAna.length === 50 && atBen.length === 50, { what: "all publications" });
    expect(atAna.map(({ offset }) => offset)).toEqual(range(4, 53));
    expect(atBen).toEqual(atAna);
    expect(atAna[0]).toMatchObject({
      data: { id, text: "first" },
      info: { user: ana.id, connInfo: { name: ana.name } },
    });

    const newest = await as.history({ limit: 3, reverse: true });
    expect(newest.publications.map(({ offset }) => offset)).toEqual([53, 52, 51]);
    const { epoch, offset } = await as.history({ limit: 0 });
    expect(offset).toBe(53);
    const since = await as.history({ limit: 100, since: { epoch, offset: 40 } });
    expect(since.publications.map((each) => each.offset)).toEqual(range(41, 53));
    await expect(as.history({ limit: 1, since: { epoch: "other", offset: 1 } })).rejects.toMatchObject({ code: 112 });

    const { clients: here } = await as.presence();
    expect(
      Object.values(here)
        .map(({ user }) => user)
        .sort(),
    ).toEqual([ana.id, ben.id].sort());
    expect(await as.presenceStats()).toEqual({ numClients: 2, numUsers: 2 });

    const { data } = await a.rpc("message.post", { room: room.id, text: "by rpc" });
    expect(data).toEqual({ id: expect.any(String) });
    await a.rpc("message.edit", { room: room.id, id: data.id, text: "by rpc, edited" });
    await until(() => atBen.at(-1)?.data.type === "message.edited", { what: "the edit" });
    await b.rpc("reaction.add", { room: room.id, id: data.id, emoji: "👍" });
    await until(() => atAna.at(-1)?.data.type === "reaction.added", { what: "the reaction" });
    await b.rpc("reaction.remove", { room: room.id, id: data.id, emoji: "👍" });
    await until(() => atAna.at(-1)?.data.type === "reaction.removed", { what: "the reaction taken back" });
    await a.rpc("message.delete", { room: room.id, id: data.id });
    const read = await b.rpc("read.mark", { room: room.id, offset: 54 });
    expect(read.data).toMatchObject({ room: room.id, readOffset: 54 });
    await a.rpc("typing", { room: room.id });
    await expect(a.rpc("reaction.invent", {})).rejects.toMatchObject({ code: 104 });
    await expect(a.rpc("message.post", { room: room.id })).rejects.toMatchObject({ code: 107 });

    as.unsubscribe();
    await bs.publish({ text: "without ana" });
    await until(() => atBen.at(-1)?.data.text === "without ana", { what: "what ana does not hear" });
    expect(atAna.some((each) => each.data.text === "without ana")).toBe(false);
  }, 20_000);

  test("many in one frame are answered in one, and mentions come on the own channel", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("mention"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const b = client(ben);
    const news: unknown[] = [];
    b.on("publication", ({ channel, data }) => void news.push({ channel, ...data }));
    const rooms = await Promise.all(range(1, 20).map(() => ben.createRoom(freshName("batch"))));
    const subscriptions = rooms.map(({ id }) => b.newSubscription(`room:${id}`));
    for (const subscription of subscriptions) subscription.subscribe();
    b.connect();
    await Promise.all(subscriptions.map((each) => each.ready(5_000)));
    await until(
      async () => {
        await ana.post(room.id, `look, @${ben.name}`);
        return news.length > 0;
      },
      { what: "the mention" },
    );
    expect(news[0]).toMatchObject({
      channel: `user:${ben.id}`,
      type: "mention",
      room: room.id,
      author: { id: ana.id },
    });
  });

  test("of a room that is not open to one ends with the reason", async () => {
    const [ana, eve] = [await person(), await person()];
    const e = await connected(eve);
    for (const [visibility, code] of [
      ["public", 103],
      ["private", 102],
    ] as const) {
      const room = await ana.createRoom(freshName("closed"), visibility);
      const subscription = e.newSubscription(`room:${room.id}`);
      const end = once((done) => subscription.on("unsubscribed", done));
      subscription.subscribe();
      expect(await end).toMatchObject({ code });
    }
  });

  test("recovers what it missed; from an epoch that is not known it can't, and says so", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("recover"));
    const a = await connected(ana);
    const subscription = a.newSubscription(`room:${room.id}`);
    const publications = collected(subscription);
    subscription.subscribe();
    await subscription.ready(5_000);
    await ana.post(room.id, "seen");
    await until(() => publications.length === 1, { what: "the first" });
    a.disconnect();
    for (const n of range(1, 25)) await ana.post(room.id, `missed${n}`);
    const back = once((done) => subscription.on("subscribed", done));
    a.connect();
    expect(await back).toMatchObject({ wasRecovering: true, recovered: true, hasRecoveredPublications: true });
    await until(() => publications.length === 26, { what: "what was missed" });
    expect(publications.map(({ offset }) => offset)).toEqual(range(3, 28));

    const old = await connected(ana);
    const stranger = old.newSubscription(`room:${room.id}`, { since: { epoch: "other", offset: 3 } });
    const answer = once((done) => stranger.on("subscribed", done));
    stranger.subscribe();
    expect(await answer).toMatchObject({ wasRecovering: true, recovered: false, hasRecoveredPublications: false });
  });

  test("ends when the membership does", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("leave"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const b = await connected(ben);
    const subscription = b.newSubscription(`room:${room.id}`);
    subscription.subscribe();
    await subscription.ready(5_000);
    const end = once((done) => subscription.on("unsubscribed", done));
    await ben.call("DELETE", `/rooms/${room.id}/members/me`);
    expect(await end).toMatchObject({ code: 2000 });
  });
});
