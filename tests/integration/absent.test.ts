/** Who names people who are not in the room is told so, they alone, with a way to invite them: at the pages without scripts, and by the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { maxMentions } from "#domain/mention.ts";
import { maxAbsentShown } from "#views/fragments/absent.tsx";
import { type ApiPerson, bringIn, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, lookAt } from "../support/live-page.ts";
import { signUpAtPage } from "../support/page-person.ts";
import { connectProgram } from "../support/program.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => await gateway.close());

const person = async (name?: string) => await signUpPerson(gateway.url, name);
const noticeIn = (html: string) => /<section id="absent"[\s\S]*?<\/section>/.exec(html)?.[0];
const wordsOf = (html: string | undefined) => html?.replaceAll(/<[^>]*>/g, "").replaceAll("&#39;", "'") ?? "";

/** Somebody at the pages in a private room of theirs, and how they say something there. */
async function inside() {
  const ana = await signUpAtPage(gateway.url);
  const made = await ana.submit(await ana.visit("/rooms"), "/rooms", { name: freshName("Den"), visibility: "private" });
  const path = made.path.split(/[?#]/)[0] ?? "";
  const say = async (text: string) => await ana.submit(await ana.visit(path), `${path}/messages`, { text });
  return { ana, path, say };
}

const seen = async (who: ApiPerson, path: string) =>
  await (await fetch(`${gateway.url}${path}`, { headers: { cookie: cookieOf(who) } })).text();

test("without scripts the page says it after the message, and its form invites", async () => {
  const { ana, path, say } = await inside();
  const jun = await person();
  const said = await say(`hello @${jun.name.toUpperCase()}`);
  expect(said.status).toBe(200);
  expect(said.path).toMatch(/\?sent=[0-9a-f-]{36}#composer$/);
  const notice = noticeIn(said.html);
  expect(wordsOf(notice)).toContain(`${jun.name} isn't in this room, so they weren't notified.`);
  expect(notice).toContain(`href="${path}#composer"`);
  const invited = await ana.submit(said, `${path}/invite`);
  expect(invited.path).toBe(`${path}/people?invited=${jun.name}`);
  expect((await jun.get("/me/invitations")).body.items).toHaveLength(1);
  expect(noticeIn((await ana.visit(path)).html)).toBeUndefined();

  await jun.call("PUT", `/rooms/${(await jun.get("/me/invitations")).body.items[0].room.id}/members/me`);
  expect(noticeIn((await ana.visit(said.path)).html)).toBeUndefined();
  expect((await say(`@${jun.name} welcome`)).path).toBe(`${path}#composer`);
});

test("nobody is told of who is there, of no one, of code, or of the message of somebody else", async () => {
  const { ana, path, say } = await inside();
  for (const text of ["hello", `hello @${ana.name}`, `@${freshName("nobody")}`])
    expect((await say(text)).path).toBe(`${path}#composer`);
  const jun = await person();
  expect((await say(`\`@${jun.name}\` and jun@${jun.name}.org`)).path).toBe(`${path}#composer`);

  const owner = await person();
  const room = await owner.createRoom(freshName("Den"), "private");
  const ben = await person();
  await bringIn(owner, room.id, ben);
  const id = await owner.post(room.id, `hello @${jun.name}`);
  const own = [`/rooms/${room.slug}?sent=${id}`, `/rooms/${room.slug}/messages/${id}/absent`];
  for (const each of own) expect(wordsOf(noticeIn(await seen(owner, each)))).toContain(jun.name);
  for (const each of own) {
    expect(noticeIn(await seen(ben, each))).toBeUndefined();
    expect(noticeIn(await seen(jun, each))).toBeUndefined();
  }
  const strange = [
    `/rooms/${room.slug}?sent=${Bun.randomUUIDv7()}`,
    `/rooms/${room.slug}?sent=x`,
    `/rooms/lobby?sent=${id}`,
  ];
  for (const each of strange) expect(noticeIn(await seen(owner, each))).toBeUndefined();
});

test("an edit that names them says it as well", async () => {
  const { ana, path, say } = await inside();
  const jun = await person();
  const said = await say("hello");
  const own = [...said.html.matchAll(/data-id="([0-9a-f-]{36})"/g)].at(-1)?.[1];
  const form = await ana.visit(`${path}/messages/${own}`);
  const edited = await ana.submit(form, `${path}/messages/${own}/edit`, { text: `hello @${jun.name}` });
  expect(edited.path).toContain(`&sent=${own}#m-`);
  expect(wordsOf(noticeIn(edited.html))).toContain(jun.name);
});

test("a direct conversation offers no invitation, and a bot of the operator's is added", async () => {
  const [ana, jun] = [await signUpAtPage(gateway.url), await person()];
  const ben = await person();
  const direct = await ana.submit(await ana.visit("/people"), "/direct", { name: ben.name });
  const path = direct.path.split(/[?#]/)[0] ?? "";
  expect((await ana.submit(direct, `${path}/messages`, { text: `a request names @${jun.name}` })).path).toBe(
    `${path}#composer`,
  );
  const requests = (await ben.get("/me/invitations")).body.items as { room: { id: string } }[];
  await ben.call("PUT", `/rooms/${requests[0]?.room.id}/members/me`);
  const said = await ana.submit(await ana.visit(path), `${path}/messages`, { text: `what of @${jun.name}?` });
  expect(wordsOf(noticeIn(said.html))).toContain(`${jun.name} isn't in this conversation`);
  expect(noticeIn(said.html)).not.toContain("<form");

  const { say } = await inside();
  expect(noticeIn((await say("@superchat hello")).html)).toContain('data-done="Added"');
});

test(`of many ${maxAbsentShown} are shown, and the rest counted, up to ${maxMentions}`, async () => {
  const { say } = await inside();
  const crowd = await Promise.all(Array.from({ length: maxAbsentShown + 1 }, () => person(freshName("q"))));
  const few = noticeIn(
    (
      await say(
        crowd
          .slice(0, maxAbsentShown)
          .map(({ name }) => `@${name}`)
          .join(" "),
      )
    ).html,
  );
  expect(few?.match(/<form/g)).toHaveLength(maxAbsentShown);
  expect(wordsOf(few)).toContain(
    ` and ${crowd[maxAbsentShown - 1]?.name} aren't in this room, so they weren't notified.`,
  );
  const many = noticeIn((await say(crowd.map(({ name }) => `@${name}`).join(" "))).html);
  expect(many?.match(/<form/g)).toHaveLength(maxAbsentShown);
  expect(wordsOf(many)).toContain(" and 1 more aren't in this room");
});

test("a program is told with its message, and a page with the ack", async () => {
  const [owner, jun] = [await person(), await person()];
  const room = await owner.createRoom(freshName("Den"), "private");
  const say = async (text: string, id?: string) => await owner.call("POST", `/rooms/${room.id}/messages`, { text, id });
  const id = Bun.randomUUIDv7();
  expect((await say(`@${jun.name} @${owner.name}`, id)).body).toEqual({
    id,
    notHere: [{ id: jun.id, name: jun.name }],
  });
  expect((await say(`@${jun.name} @${owner.name}`, id)).body).toEqual({ id });
  expect(Object.keys((await say("nobody")).body)).toEqual(["id"]);

  const page = await lookAt(gateway.url, owner, room);
  const post = async (text: string) => {
    const own = Bun.randomUUIDv7();
    page.send({ post: { id: own, room: room.id, text } });
    return (await page.frame(({ ack }) => ack?.id === own)).ack;
  };
  expect(await post(`@${jun.name}`)).toMatchObject({ absent: true });
  expect(await post(`@${owner.name}`)).not.toHaveProperty("absent");
  page.close();
});

test("a program is told with its edit as well, and with both on its socket", async () => {
  const [owner, jun] = [await person(), await person()];
  const room = await owner.createRoom(freshName("Den"), "private");
  const text = `hello @${jun.name} @${owner.name}`;
  const notHere = [{ id: jun.id, name: jun.name }];
  const id = await owner.post(room.id, "hello");
  const edit = async (as: string) =>
    (await owner.call("PATCH", `/rooms/${room.id}/messages/${id}`, { text: as })).body as Record<string, unknown>;
  expect(await edit(text)).toMatchObject({ message: { text }, notHere });
  expect(await edit(text)).not.toHaveProperty("notHere");
  expect(await edit("nobody")).not.toHaveProperty("notHere");

  const program = await connectProgram(gateway.url, { token: owner.token });
  const rpc = async (method: string, data: object) =>
    (await program.call({ rpc: { method, data: { room: room.id, ...data } } })).rpc.data;
  expect(await rpc("message.edit", { id, text })).toMatchObject({ notHere });
  expect(await rpc("message.edit", { id, text: "nobody" })).not.toHaveProperty("notHere");
  expect(await rpc("message.post", { text })).toMatchObject({ notHere });
  expect(Object.keys(await rpc("message.post", { text: "nobody" }))).toEqual(["id"]);
  program.close();
});

test("where the operator lets people be added at once, the notice says so", async () => {
  await using own = await startGateway({ env: { ADD_PEOPLE: "at-once" } });
  const [owner, jun] = [await signUpPerson(own.url), await signUpPerson(own.url)];
  const room = await owner.createRoom(freshName("Den"), "private");
  const id = await owner.post(room.id, `@${jun.name}`);
  const answer = await fetch(`${own.url}/rooms/${room.slug}/messages/${id}/absent`, {
    headers: { cookie: cookieOf(owner) },
  });
  expect(await answer.text()).toContain('data-done="Added"');
});
