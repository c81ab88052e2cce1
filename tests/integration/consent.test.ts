/** Who may put whom into what: invitations, message requests, rights to a room's topic, and what is refused leaves nothing behind. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { maxOpenRequests, maxRequestMessages } from "#domain/direct-requests.ts";
import type { UserId } from "#domain/ids.ts";
import { maxOpenInvitations } from "#domain/invitations.ts";
import { maxRoomsPerPerson } from "#domain/room.ts";
import { type ApiPerson, bringIn, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, openLive } from "../support/live-page.ts";
import { createPagePerson, pagePassword, signUpAtPage } from "../support/page-person.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => await gateway.close());

const person = async () => await signUpPerson(gateway.url);
const people = async (count: number) => await Promise.all(Array.from({ length: count }, person));
const openDirect = async (from: ApiPerson, to: ApiPerson) =>
  await from.call("POST", "/rooms/direct", { userIds: [to.id] });
const invitationsOf = async (who: ApiPerson) => (await who.get("/me/invitations")).body.items;
const listOf = async (who: ApiPerson) =>
  (await who.get("/rooms?mine=true")).body.items.map(({ id }: { id: string }) => id) as string[];
const say = async (who: ApiPerson, room: string, text = "hello") =>
  await who.call("POST", `/rooms/${room}/messages`, { text });

/** Somebody's request to somebody they share nothing with but the lobby, with one message in it. */
async function request() {
  const [ana, ben] = [await person(), await person()];
  const { room } = (await openDirect(ana, ben)).body;
  await ana.post(room.id, "hello, stranger");
  return { ana, ben, id: room.id as string };
}

describe("a direct message of a stranger", () => {
  test("waits as a request: in no list, no count and no notice of the receiver's", async () => {
    const [ana, ben] = [await person(), await person()];
    const benPage = createPagePerson(gateway.url, ben.name);
    await benPage.submit(await benPage.visit("/sign-in"), "/sign-in", { name: ben.name, password: pagePassword });
    const page = await openLive(gateway.url, { cookie: cookieOf(ben) });
    await page.frame(({ unread }) => unread !== undefined);
    const { room } = (await openDirect(ana, ben)).body;
    expect(room.request).toBe("sent");
    expect(await invitationsOf(ben)).toEqual([]);
    await page.frame(({ waiting }) => waiting === true);
    await ana.post(room.id, `@${ben.name} look at this`);
    const told = async () => page.frames.filter(({ waiting }) => waiting === true).length > 1;
    await until(told, { what: "the news that there is something to read" });
    expect((await benPage.visit("/rooms/lobby")).html).toContain('<a href="/requests#messages">');
    expect(await listOf(ben)).not.toContain(room.id);
    expect(await listOf(ana)).toContain(room.id);
    expect(await invitationsOf(ben)).toMatchObject([
      {
        kind: "direct",
        room: { id: room.id, name: ana.name, visibility: "direct" },
        by: { id: ana.id, name: ana.name },
      },
    ]);
    const { body } = await ben.get(`/rooms/${room.id}/messages`);
    expect(body.items.map(({ mentions }: { mentions: string[] }) => mentions)).toEqual([[]]);
    expect((await ben.get(`/rooms/${room.id}`)).body.room.request).toBe("received");
    await page.frame(({ waiting }) => waiting === true);
    await ben.post("lobby", "by now it would have heard of it");
    await page.frame(({ activity }) => activity !== undefined);
    expect(JSON.stringify(page.frames)).not.toContain(room.id);
    // Whether who asks is here is told nowhere: not in the heading of the request, not in the list of people.
    const asking = await openLive(gateway.url, { cookie: cookieOf(ana) });
    await asking.frame(({ unread }) => unread !== undefined);
    const { html } = await benPage.visit(`/rooms/${room.slug}`);
    expect(html.match(new RegExp(`data-user="${ana.id}" data-online="\\w+"`, "g"))).toEqual([
      `data-user="${ana.id}" data-online="false"`,
      `data-user="${ana.id}" data-online="false"`,
    ]);
  });

  test(`has ${maxRequestMessages} messages until it is accepted, however many are sent at once`, async () => {
    const [ana, ben] = [await person(), await person()];
    const { id } = (await openDirect(ana, ben)).body.room;
    const sent = await Promise.all(Array.from({ length: 50 }, () => say(ana, id)));
    expect(sent.filter(({ status }) => status === 201)).toHaveLength(maxRequestMessages);
    expect((await ana.get(`/rooms/${id}/messages`)).body.items).toHaveLength(maxRequestMessages);
    const refused = await say(ana, id);
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    expect((await ben.call("PUT", `/rooms/${id}/members/me`)).status).toBe(200);
    expect((await say(ana, id)).status).toBe(201);
    expect(await listOf(ben)).toContain(id);
    expect((await ana.get(`/rooms/${id}`)).body.room).not.toHaveProperty("request");
    expect(await invitationsOf(ben)).toEqual([]);
  });

  test("that is sent again is one message, and takes one place", async () => {
    const [ana, ben] = [await person(), await person()];
    const { id } = (await openDirect(ana, ben)).body.room;
    const message = { text: "hello", id: Bun.randomUUIDv7() };
    const send = async () => (await ana.call("POST", `/rooms/${id}/messages`, message)).status;
    expect([await send(), await send(), await send(), await send()]).toEqual([201, 200, 200, 200]);
    expect((await say(ana, id)).status).toBe(201);
  });

  test("is accepted by an answer, which its sender's page hears of", async () => {
    const { ana, ben, id } = await request();
    const page = await openLive(gateway.url, { cookie: cookieOf(ana) });
    await page.frame(({ unread }) => unread !== undefined);
    expect((await say(ben, id, "hello to you")).status).toBe(201);
    await page.frame(({ accepted }) => accepted === id);
    expect(await listOf(ben)).toContain(id);
    for (let n = 0; n < maxRequestMessages; n++) expect((await say(ana, id)).status).toBe(201);
  });

  test("is declined without a word to its sender, and may be accepted yet", async () => {
    const { ana, ben, id } = await request();
    const before = (await ana.get(`/rooms/${id}`)).body;
    const page = await openLive(gateway.url, { cookie: cookieOf(ana) });
    await page.frame(({ unread }) => unread !== undefined);
    expect((await ben.call("DELETE", `/rooms/${id}/members/me`)).status).toBe(204);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await ana.get(`/rooms/${id}`)).body).toEqual(before);
    expect((await say(ana, id)).status).toBe(201);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await openDirect(ana, ben)).status).toBe(200);
    expect(page.frames.filter(({ waiting }) => waiting === true)).toEqual([]);
    expect((await ben.call("PUT", `/rooms/${id}/members/me`)).status).toBe(200);
    await page.frame(({ accepted }) => accepted === id);
    expect(await listOf(ben)).toContain(id);
  });

  test("is no request from somebody who shares a room, from one's own bot, or to a bot", async () => {
    const [ana, ben] = [await person(), await person()];
    await bringIn(ana, (await ana.createRoom(freshName("Shared"), "private")).id, ben);
    const { id } = (await openDirect(ana, ben)).body.room;
    expect(await listOf(ben)).not.toContain(id);
    await ana.post(id, "hello");
    expect(await listOf(ben)).toContain(id);
    expect(await invitationsOf(ben)).toEqual([]);
    const { bot } = (await ana.call("POST", "/bots", { name: freshName("bot") })).body;
    expect((await ana.call("POST", "/rooms/direct", { userIds: [bot.id] })).body.room).not.toHaveProperty("request");
    expect((await ben.call("POST", "/rooms/direct", { userIds: [bot.id] })).status).toBe(403);
    expect(await listOf(ben)).toHaveLength(3);
  });

  test(`one may have ${maxOpenRequests} of them unanswered, however many are begun at once; what is refused leaves nothing`, async () => {
    const ana = await person();
    const others = await people(50);
    const opened = await Promise.all(others.map((other) => openDirect(ana, other)));
    expect(opened.filter(({ status }) => status === 201)).toHaveLength(maxOpenRequests);
    expect(opened.filter(({ status }) => status === 403)).toHaveLength(50 - maxOpenRequests);
    expect(await listOf(ana)).toHaveLength(maxOpenRequests + 1);
  });

  test("takes nothing from its receiver, however many come", async () => {
    const ben = await person();
    const senders = await people(120);
    const rooms = await Promise.all(senders.map(async (each) => (await openDirect(each, ben)).body.room.id as string));
    await Promise.all(senders.map((each, n) => say(each, rooms[n] ?? "")));
    expect((await ben.call("POST", "/rooms", { name: freshName("Mine"), visibility: "public" })).status).toBe(201);
    const other = await (await person()).createRoom(freshName("Other"));
    expect((await ben.call("PUT", `/rooms/${other.id}/members/me`)).status).toBe(200);
    expect((await ben.call("DELETE", `/rooms/${other.id}/members/me`)).status).toBe(204);
    const friend = await person();
    await bringIn(friend, (await friend.createRoom(freshName("Ours"), "private")).id, ben);
    const { body, status } = await openDirect(friend, ben);
    expect(status).toBe(201);
    expect((await say(friend, body.room.id)).status).toBe(201);
    expect(await listOf(ben)).toHaveLength(4);
    expect(await invitationsOf(ben)).toHaveLength(120);
  }, 60_000);
});

describe("a direct room", () => {
  test("is put away by either side, and comes back with the next message", async () => {
    const { ana, ben, id } = await request();
    await say(ben, id);
    for (const [who, other] of [
      [ana, ben],
      [ben, ana],
    ] as const) {
      expect((await who.call("PUT", `/rooms/${id}/hidden`)).status).toBe(204);
      expect(await listOf(who)).not.toContain(id);
      expect(await listOf(other)).toContain(id);
      await say(other, id);
      expect(await listOf(who)).toContain(id);
      await who.call("PUT", `/rooms/${id}/hidden`);
      expect((await openDirect(who, other)).status).toBe(200);
      expect(await listOf(who)).toContain(id);
    }
    expect((await ana.call("PUT", "/rooms/lobby/hidden")).status).toBe(403);
    expect((await (await person()).call("PUT", `/rooms/${id}/hidden`)).status).toBe(404);
  });
});

describe("an invitation", () => {
  const invite = async (by: ApiPerson, room: string, to: ApiPerson) =>
    await by.call("PUT", `/rooms/${room}/members/${to.id}`);

  test("puts nobody into a room before they accept, and tells the room's name to nobody else", async () => {
    const [ana, ben, eve] = (await people(3)) as [ApiPerson, ApiPerson, ApiPerson];
    const room = await ana.createRoom(freshName("Surprise"), "private");
    await ana.post(room.id, "secret");
    const answer = await invite(ana, room.id, ben);
    expect([answer.status, answer.body]).toEqual([202, { invited: true }]);
    expect(await listOf(ben)).not.toContain(room.id);
    for (const path of ["", "/messages", "/events", "/members"])
      expect((await ben.get(`/rooms/${room.id}${path}`)).status).toBe(404);
    expect(await invitationsOf(ben)).toMatchObject([
      { kind: "room", room: { id: room.id, visibility: "private" }, by: { name: ana.name } },
    ]);
    expect(await invitationsOf(eve)).toEqual([]);
    expect((await eve.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(404);
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(200);
    expect((await ben.get(`/rooms/${room.id}/messages`)).body.items).toHaveLength(1);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await invite(ana, room.id, ben)).status).toBe(200);
    const { items } = (await ana.get(`/rooms/${room.id}/events`)).body;
    expect(items.at(-1)).toMatchObject({ type: "member.joined", author: { id: ben.id }, member: { id: ben.id } });
  });

  test("that is declined is gone, tells nobody, and is not repeated at once", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Again"), "private");
    await invite(ana, room.id, ben);
    const before = (await ana.get(`/rooms/${room.id}/events`)).body.offset;
    expect((await ben.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBe(204);
    expect((await ben.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBe(404);
    expect((await invite(ana, room.id, ben)).status).toBe(202);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(404);
    expect((await ana.get(`/rooms/${room.id}/events`)).body.offset).toBe(before);
  });

  test("ends when who invited leaves", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("Left"), "private");
    await invite(ana, room.id, ben);
    await ana.call("DELETE", `/rooms/${room.id}/members/me`);
    expect(await invitationsOf(ben)).toEqual([]);
    expect((await ben.call("PUT", `/rooms/${room.id}/members/me`)).status).toBe(404);
  });

  test(`is one of ${maxOpenInvitations} that somebody may have open, however many are sent at once`, async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("Crowd"), "private");
    const answers = await Promise.all((await people(50)).map((other) => invite(ana, room.id, other)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(maxOpenInvitations);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(50 - maxOpenInvitations);
  });

  test("is not needed for one's own bots; others' are asked", async () => {
    const [ana, ben] = [await person(), await person()];
    const { bot } = (await ana.call("POST", "/bots", { name: freshName("bot") })).body;
    const [mine, theirs] = [await ana.createRoom(freshName("Mine")), await ben.createRoom(freshName("Theirs"))];
    expect((await ana.call("PUT", `/rooms/${mine.id}/members/${bot.id}`)).status).toBe(200);
    expect((await ben.call("PUT", `/rooms/${theirs.id}/members/${bot.id}`)).status).toBe(202);
  });

  test("is not asked for where the operator lets people be added", async () => {
    await using own = await startGateway({ env: { ADD_PEOPLE: "at-once" } });
    const [ana, ben] = [await signUpPerson(own.url), await signUpPerson(own.url)];
    const room = await ana.createRoom(freshName("Team"), "private");
    expect((await invite(ana, room.id, ben)).status).toBe(200);
    expect((await say(ben, room.id)).status).toBe(201);
  });
});

describe("what is refused leaves nothing behind", () => {
  /** In as many rooms as one can be. */
  const busy = async () => {
    const ana = await person();
    const now = new Date().toISOString();
    const until = new Date(Date.now() + 60_000).toISOString();
    for (let n = 1; n < maxRoomsPerPerson; n++)
      await gateway.ports.rooms.takeSeat(ana.id as UserId, Bun.randomUUIDv7() as never, now, until);
    return ana;
  };

  test("a room that its maker can't be in is not made", async () => {
    const ana = await busy();
    const name = freshName("Refused");
    expect((await ana.call("POST", "/rooms", { name, visibility: "public" })).status).toBe(403);
    expect((await ana.get(`/rooms?q=${name}`)).body.items).toEqual([]);
    const ben = await person();
    expect((await ben.call("POST", "/rooms", { name, visibility: "public" })).status).toBe(201);
  });

  test("a name that is taken costs no place, and 50 joins at once take what there is", async () => {
    const ana = await person();
    const ben = await person();
    const { name } = (await ben.createRoom(freshName("Taken"))) as unknown as { name: string };
    for (let n = 0; n < 3; n++)
      expect((await ana.call("POST", "/rooms", { name, visibility: "public" })).status).toBe(409);
    const now = new Date().toISOString();
    const until = new Date(Date.now() + 60_000).toISOString();
    for (let n = 0; n < maxRoomsPerPerson - 11; n++)
      await gateway.ports.rooms.takeSeat(ana.id as UserId, Bun.randomUUIDv7() as never, now, until);
    const rooms = await Promise.all(Array.from({ length: 50 }, () => ben.createRoom(freshName("Many"))));
    const joined = await Promise.all(rooms.map(({ id }) => ana.call("PUT", `/rooms/${id}/members/me`)));
    expect(joined.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await listOf(ana)).toHaveLength(11);
  });

  test("a creation that was cut off is not listed, and is gone on with when its maker tries again", async () => {
    let cut = false;
    await using own = await startGateway({
      between: (ports) => ({
        ...ports,
        log: {
          ...ports.log,
          append: async (event) => {
            if (cut) throw new Error("cut off");
            await ports.log.append(event);
          },
        },
      }),
    });
    const [ana, ben] = [await signUpPerson(own.url), await signUpPerson(own.url)];
    const room = { name: freshName("Cut"), visibility: "public" };
    cut = true;
    expect((await ana.call("POST", "/rooms", room)).status).toBe(500);
    cut = false;
    expect((await ben.get(`/rooms?q=${room.name}`)).body.items).toEqual([]);
    expect((await ben.call("POST", "/rooms", room)).status).toBe(409);
    expect((await ana.call("POST", "/rooms", room)).status).toBe(201);
    expect((await ben.get(`/rooms?q=${room.name}`)).body.items).toMatchObject([{ memberCount: 1 }]);
  });
});

describe("without scripts", () => {
  test("requests and invitations are told in the list, and answered on one page", async () => {
    const [ana, ben] = [await signUpAtPage(gateway.url), await signUpAtPage(gateway.url)];
    const name = freshName("club");
    await ana.submit(await ana.visit("/rooms"), "/rooms", { name, visibility: "private" });
    const path = (await ana.visit("/rooms/lobby")).html.match(new RegExp(`/rooms/${name}-[a-z0-9]+`))?.[0] ?? "";
    await ana.submit(await ana.visit(`${path}/people`), `${path}/invite`, { name: ben.name });
    const direct = await ana.submit(await ana.visit(`/people?q=${ben.name}`), "/direct", { name: ben.name });
    expect(direct.html).toContain("This is a message request");
    await ana.submit(direct, `${direct.path}/messages`, { text: "hello, stranger" });

    const told = await ben.visit("/rooms/lobby");
    expect(told.html).toMatch(/Invitations<\/span><span class="badge">1</);
    expect(told.html).toMatch(/Message requests<\/span><span class="count">1</);
    expect(told.html).not.toContain("Direct messages");
    const requests = await ben.visit("/requests");
    const [room = "", message = ""] = [...requests.html.matchAll(/\/rooms\/([^/"]+)\/join/g)].map(([, id]) => id);
    const shown = await ben.visit(direct.path);
    expect(shown.html).toContain("hello, stranger");
    expect(shown.html).toContain(`action="${direct.path}/join"`);
    expect(shown.html).not.toContain(`action="${direct.path}/messages"`);

    const accepted = await ben.submit(requests, `/rooms/${room}/join`);
    expect(accepted.path).toBe(path);
    // Of a page that shows what was accepted meanwhile.
    expect((await ben.submit(requests, `/rooms/${room}/decline`)).path).toBe("/requests");
    expect((await ben.visit(path)).status).toBe(200);
    expect((await ben.submit(requests, `/rooms/${message}/decline`)).path).toBe("/requests");
    expect((await ben.visit("/rooms/lobby")).html).not.toContain('class="waiting"');
  });

  test("a topic is changed by who administers the room, and a direct conversation has no form for one", async () => {
    const [ana, ben] = [await signUpAtPage(gateway.url), await signUpAtPage(gateway.url)];
    const name = freshName("garden");
    await ana.submit(await ana.visit("/rooms"), "/rooms", { name, visibility: "public" });
    await ben.submit(await ben.visit(`/rooms/${name}`), `/rooms/${name}/join`);
    const action = `action="/rooms/${name}/topic"`;
    const own = await ana.visit(`/rooms/${name}/people`);
    expect(own.html).toContain(action);
    const seen = await ben.visit(`/rooms/${name}/people`);
    expect(seen.html).not.toContain(action);
    const forced = await ben.submit(own, `/rooms/${name}/topic`, { topic: "mine now" });
    expect(forced.status).toBe(403);
    expect((await ana.visit(`/rooms/${name}`)).html).not.toContain("mine now");
    const direct = await ana.submit(await ana.visit(`/people?q=${ben.name}`), "/direct", { name: ben.name });
    const people = await ana.visit(`${direct.path}/people`);
    expect(people.html).not.toContain("/topic");
    const hidden = await ana.submit(people, `${direct.path}/hide`);
    expect(hidden.html).not.toContain(direct.path);
  });

  test("a public room is previewed by who is signed in, a private one by nobody", async () => {
    const [ana, ben] = [await person(), await signUpAtPage(gateway.url)];
    const [open, closed] = [
      await ana.createRoom(freshName("open")),
      await ana.createRoom(freshName("closed"), "private"),
    ];
    for (const { id } of [open, closed]) await ana.post(id, "what was said here");
    const seen = await ben.visit(`/rooms/${open.slug}`);
    expect(seen.html).toContain("what was said here");
    expect(seen.html).toContain("re previewing");
    expect(seen.html).toContain('data-live="false"');
    expect(seen.html).not.toContain(`data-user="${ana.id}"`);
    expect((await ben.visit(`/rooms/${closed.slug}`)).status).toBe(404);
    expect((await (await person()).get(`/rooms/${open.id}/messages`)).status).toBe(403);
    const nobody = await fetch(`${gateway.url}/rooms/${open.slug}`, { redirect: "manual" });
    expect(nobody.status).toBe(303);
  });
});
