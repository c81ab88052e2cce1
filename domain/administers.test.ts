import { expect, test } from "bun:test";
import { administers } from "./administers.ts";
import type { RoomId, UserId } from "./ids.ts";
import type { User } from "./user.ts";

const user = (name: string, own: Partial<User> = {}): User => ({
  id: name as UserId,
  name,
  kind: "person",
  createdAt: "2026-01-02T03:04:05.006Z",
  ...own,
});
const [first, maker, other] = [user("first"), user("maker"), user("other")];
const system = user("superchat", { kind: "bot" });
const bot = user("helper", { kind: "bot", owner: maker.id });
const everybody = [first, maker, other, system, bot];

async function administratorsOf(createdBy: User, members: readonly User[], visibility: "public" | "direct" = "public") {
  const ports = {
    users: { byId: async (id: UserId) => everybody.find((each) => each.id === id), firstPerson: async () => first },
    rooms: {
      membersAmong: async (_room: RoomId, ids: readonly UserId[]) =>
        new Set(ids.filter((id) => members.some((member) => member.id === id))),
    },
  };
  const room = { id: "room" as RoomId, visibility, createdBy: createdBy.id };
  const found: string[] = [];
  for (const member of members) if (await administers(ports, member, room)) found.push(member.name);
  return found;
}

test.each([
  ["its maker", maker, [first, maker, other], ["maker"]],
  ["the first person, once its maker left", maker, [first, other], ["first"]],
  ["nobody, while neither is there", maker, [other], []],
  ["the first person where the system account made it", system, [first, maker, other], ["first"]],
  [
    "the first person, though the system account that made it is in it",
    system,
    [first, maker, system],
    ["first", "superchat"],
  ],
  ["nobody else where the system account made it", system, [maker, other], []],
  ["a bot and its owner where the bot made it", bot, [first, maker, bot, other], ["maker", "helper"]],
  ["the first person, once the bot and its owner left", bot, [first, other], ["first"]],
] as const)("a room is administered by %s", async (_what, createdBy, members, expected) => {
  expect(await administratorsOf(createdBy, members)).toEqual([...expected]);
});

test("nobody administers a direct conversation", async () => {
  expect(await administratorsOf(first, [first, maker], "direct")).toEqual([]);
});
