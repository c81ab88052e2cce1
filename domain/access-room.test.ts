/** Which room a name in an address means, for somebody whose own rooms are known. */
import { expect, test } from "bun:test";
import { accessAmong } from "./access-room.ts";
import type { UserId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import type { JoinedRoom } from "./room.ts";

const viewer = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const [tea, stranger] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];

function joined(id: string, slug: string): JoinedRoom {
  return { room: { id, slug }, membership: {} } as unknown as JoinedRoom;
}

/** @returns the ids of what was found among the own ones, or "asked" */
async function found(ref: string, ...own: readonly JoinedRoom[]): Promise<string> {
  const rooms = { access: async () => joined("asked", ref) } as unknown as Ports["rooms"];
  return (await accessAmong({ rooms }, viewer, own, ref)).room.id;
}

test("an own room is known by its slug and by its id, however that is written, without asking", async () => {
  for (const ref of ["tea", tea, tea.toUpperCase()]) expect(await found(ref, joined(tea, "tea"))).toBe(tea);
});

test("any other is asked for", async () => {
  for (const ref of ["Tea", "te", stranger, ""]) expect(await found(ref, joined(tea, "tea"))).toBe("asked");
});

test("an own room that is called like the id of another does not hide that one", async () => {
  expect(await found(stranger, joined(tea, stranger))).toBe("asked");
});
