/** Every room gets an address of its own, however its name is written and however many come at once. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let ana: ApiPerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
});
afterAll(async () => await gateway.close());

test("names that differ by a sign are two rooms; names without a letter have an address, too", async () => {
  const stem = freshName("x");
  const [plus, sharp] = [await ana.createRoom(`${stem}++`), await ana.createRoom(`${stem}#`)];
  expect([plus.slug, sharp.slug]).toEqual([stem, `${stem}-2`]);
  const signs = [await ana.createRoom("++"), await ana.createRoom("👩‍💻"), await ana.createRoom("👨‍👩‍👧")];
  expect(signs.map(({ slug }) => slug)).toEqual(["room", "room-2", "room-3"]);
  for (const name of ["New", "direct"]) expect((await ana.createRoom(name)).slug).toBe(`${name.toLowerCase()}-2`);
});

test("fifty at once with one stem each have an address of their own, and of one name at once one is made", async () => {
  const stem = freshName("many");
  const signs = [..."+#!?%*&~"];
  const names = signs.flatMap((one) => signs.map((other) => `${stem}${one}${other}`)).slice(0, 50);
  const rooms = await Promise.all(names.map(async (name) => await ana.createRoom(name)));
  const slugs = rooms.map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(50);
  expect(slugs.every((slug) => slug === stem || slug.startsWith(`${stem}-`))).toBe(true);
  const ben = await signUpPerson(gateway.url);
  const body = { name: freshName("same"), visibility: "public" };
  const answers = await Promise.all([1, 2, 3, 4].map(() => ben.call("POST", "/rooms", body)));
  const made = answers.filter(({ status }) => status !== 409);
  expect(new Set(made.map(({ body: { room } }) => room.id)).size).toBe(1);
});

test("a second lobby that looks like the first is refused", async () => {
  for (const name of ["Lobby", "l\u043Ebby"]) {
    const { status, body } = await ana.call("POST", "/rooms", { name, visibility: "public" });
    expect([status, body.code, body.field]).toEqual([409, "conflict", "name"]);
  }
});
