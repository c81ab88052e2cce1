import { expect, test } from "bun:test";
import { unavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { mentionedIn, namesIn } from "./mentioned-in.ts";
import type { Ports } from "./ports/index.ts";
import type { Peer, Room, Visibility } from "./room.ts";
import type { User } from "./user.ts";

const user = (name: string, kind: User["kind"], owner?: string): User => {
  const own = owner === undefined ? {} : { owner: owner as UserId };
  return { id: name as UserId, name, kind, createdAt: "", ...own };
};
const users = [
  user("ana", "person"),
  user("ben", "person"),
  user("superchat", "bot"),
  user("helper", "bot", "ben"),
  user("ana.b", "person"),
];
const away = async () => {
  throw unavailable("Away.");
};

function ports({ names = true, members = true } = {}): Pick<Ports, "rooms" | "users"> {
  const byKeys = names
    ? async (keys: readonly string[]) =>
        new Map(users.filter(({ name }) => keys.includes(name)).map((one) => [one.name, one]))
    : away;
  const membersAmong = members ? async () => new Set(["ana" as UserId]) : away;
  const byId = names ? async (id: string) => users.find((one) => one.id === id) : away;
  return { users: { byKeys, byId }, rooms: { membersAmong } } as unknown as Pick<Ports, "rooms" | "users">;
}

const place = (visibility: Visibility, peer?: Peer) => ({ room: { visibility } as Room, peer });
const mentionsIn = async (...asked: Parameters<typeof mentionedIn>): Promise<readonly string[]> =>
  (await mentionedIn(...asked)).mentions;
const text = "@ana @ben @superchat @helper";

test("a text names members, and in a public room the operator's bots", async () => {
  expect(await mentionsIn(ports(), place("public"), text)).toEqual(["ana", "superchat"]);
  expect(await mentionsIn(ports(), place("private"), text)).toEqual(["ana"]);
});

test("what answers somebody names them once more than its text does, where they may hear of it", async () => {
  const answering = (who: string, said: string, where: Visibility = "private") =>
    mentionsIn(ports(), place(where), said, who as UserId);
  expect(await answering("ana", "yes")).toEqual(["ana"]);
  expect(await answering("ana", "yes, @ana")).toEqual(["ana"]);
  expect(await answering("ben", "you have left")).toEqual([]);
  expect(await answering("gone", "nobody has this id any more")).toEqual([]);
  expect(await answering("superchat", "and now?", "public")).toEqual(["superchat"]);
  expect(await answering("superchat", "and now?")).toEqual([]);
});

test("while the store is away bots whose names are known are called all the same, and people are not named", async () => {
  const membersAway = ports({ members: false });
  expect(await mentionsIn(membersAway, place("public"), text)).toEqual(["superchat"]);
  expect(await mentionsIn(membersAway, place("private"), text)).toEqual([]);
  expect(await mentionsIn(ports({ names: false }), place("public"), text)).toEqual([]);
});

test("alone with a bot every text names it, once", async () => {
  const alone = place("direct", user("superchat", "bot"));
  expect(await mentionsIn(ports({ names: false }), alone, "hello")).toEqual(["superchat"]);
  expect(await mentionsIn(ports(), place("direct", user("ben", "person")), "hello")).toEqual([]);
});

test("what stands out is who hears of it, and a longer name that would be read as theirs", async () => {
  const named = async (where: Visibility, said: string) => (await mentionedIn(ports(), place(where), said)).named;
  expect(await named("private", text)).toEqual(["ana"]);
  expect(await named("public", "@ana @superchat. @nobody")).toEqual(["ana", "superchat"]);
  expect(await named("private", "@ana and @ben")).toEqual(["ana"]);
  expect(await named("private", "@ana.c and more")).toEqual(["ana"]);
});

test("names that stand out without being kept are not kept: a version that does not know them reads the message", async () => {
  const named = async (said: string) => (await mentionedIn(ports(), place("private"), said)).named;
  for (const said of [
    "hello @Ana",
    "@ana, look. And @ANA!",
    "(@ana.)",
    "@ana @ana.b",
    "@ana.b",
    "@ben",
    "@nobody",
    "no name",
  ])
    expect([said, await named(said)]).toEqual([said, undefined]);
  const membersAway = await mentionedIn(ports({ members: false }), place("private"), text);
  expect(membersAway).toEqual({ mentions: [] });
});

test("who is named and is not in the room is told apart, without a question more", async () => {
  const absent = async (where: Visibility, said: string, given = ports(), answered?: string) =>
    (await namesIn(given, place(where), said, answered as UserId)).absent.map(({ name }) => name);
  expect(await absent("private", "@ana @BEN, @ben @superchat @helper @nobody")).toEqual(["ben", "superchat", "helper"]);
  expect(await absent("public", text)).toEqual(["ben", "helper"]);
  expect(await absent("private", "`@ben` and ben")).toEqual([]);
  expect(await absent("private", "you have left", ports(), "ben")).toEqual([]);
  expect(await absent("private", text, ports({ members: false }))).toEqual([]);
  expect(await absent("private", text, ports({ names: false }))).toEqual([]);
  const alone = place("direct", user("superchat", "bot"));
  const missing = { ...ports(), rooms: { membersAmong: async () => new Set() } } as unknown as Pick<
    Ports,
    "rooms" | "users"
  >;
  expect((await namesIn(missing, alone, "@superchat @ben")).absent.map(({ name }) => name)).toEqual(["ben"]);
});

test("a text asks the store once, however many it names", async () => {
  let asked = 0;
  const { users, rooms } = ports();
  const byKeys = async (keys: readonly string[]) => {
    asked += 1;
    return await users.byKeys(keys);
  };
  const counting = { rooms, users: { ...users, byKeys } };
  await mentionedIn(counting, place("private"), "@ana @ben @superchat @李小龙你好 @nobody");
  expect(asked).toBe(1);
});
