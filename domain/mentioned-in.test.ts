import { expect, test } from "bun:test";
import { unavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { mentionedIn } from "./mentioned-in.ts";
import type { Ports } from "./ports/index.ts";
import type { Peer, Room, Visibility } from "./room.ts";
import type { User } from "./user.ts";

const user = (name: string, kind: User["kind"], owner?: string): User => {
  const own = owner === undefined ? {} : { owner: owner as UserId };
  return { id: name as UserId, name, kind, createdAt: "", ...own };
};
const users = [user("ana", "person"), user("ben", "person"), user("superchat", "bot"), user("helper", "bot", "ben")];
const away = async () => {
  throw unavailable("Away.");
};

function ports({ names = true, members = true } = {}): Pick<Ports, "rooms" | "users"> {
  const byKey = names ? async (key: string) => users.find(({ name }) => name === key) : away;
  const membersAmong = members ? async () => new Set(["ana" as UserId]) : away;
  const byId = names ? async (id: string) => users.find((one) => one.id === id) : away;
  return { users: { byKey, byId }, rooms: { membersAmong } } as unknown as Pick<Ports, "rooms" | "users">;
}

const place = (visibility: Visibility, peer?: Peer) => ({ room: { visibility } as Room, peer });
const text = "@ana @ben @superchat @helper";

test("a text names members, and in a public room the operator's bots", async () => {
  expect<readonly string[]>(await mentionedIn(ports(), place("public"), text)).toEqual(["ana", "superchat"]);
  expect<readonly string[]>(await mentionedIn(ports(), place("private"), text)).toEqual(["ana"]);
});

test("what answers somebody names them once more than its text does, where they may hear of it", async () => {
  const answering = (who: string, said: string, where: Visibility = "private") =>
    mentionedIn(ports(), place(where), said, who as UserId);
  expect<readonly string[]>(await answering("ana", "yes")).toEqual(["ana"]);
  expect<readonly string[]>(await answering("ana", "yes, @ana")).toEqual(["ana"]);
  expect(await answering("ben", "you have left")).toEqual([]);
  expect(await answering("gone", "nobody has this id any more")).toEqual([]);
  expect<readonly string[]>(await answering("superchat", "and now?", "public")).toEqual(["superchat"]);
  expect(await answering("superchat", "and now?")).toEqual([]);
});

test("while the store is away bots whose names are known are called all the same, and people are not named", async () => {
  const membersAway = ports({ members: false });
  expect<readonly string[]>(await mentionedIn(membersAway, place("public"), text)).toEqual(["superchat"]);
  expect(await mentionedIn(membersAway, place("private"), text)).toEqual([]);
  expect(await mentionedIn(ports({ names: false }), place("public"), text)).toEqual([]);
});

test("alone with a bot every text names it, once", async () => {
  const alone = place("direct", user("superchat", "bot"));
  expect<readonly string[]>(await mentionedIn(ports({ names: false }), alone, "hello")).toEqual(["superchat"]);
  expect(await mentionedIn(ports(), place("direct", user("ben", "person")), "hello")).toEqual([]);
});
