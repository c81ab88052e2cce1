/** What sending counts, and what it does not. */
import { expect, test } from "bun:test";
import { maxRequestMessages } from "./direct-requests.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import { type SendPorts, sendMessage } from "./send-message.ts";

const ana = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const ben = Bun.randomUUIDv7() as UserId;
const room = Bun.randomUUIDv7() as RoomId;

/** A message request of ana's to ben; the store is behind and has none of what is sent. */
function laggingPorts(): { readonly ports: SendPorts; readonly counted: () => number } {
  const request = { to: ben, state: "requested" };
  const published = new Set<EventId>();
  let counted = 0;
  const publishAhead = async ({ id, at }: { id: EventId; at: string }) => {
    const fresh = !published.has(id);
    published.add(id);
    return { epoch: "e", offset: published.size, room, author: ana.id, at: fresh ? at : "before", fresh };
  };
  const ports = {
    rooms: {
      access: async () => ({ room: { id: room, visibility: "direct", request, createdBy: ana.id }, membership: {} }),
    },
    events: { find: async () => undefined },
    directs: {
      countMessage: async (_room: RoomId, most: number) => counted < most && ++counted > 0,
      uncountMessage: async () => void counted--,
    },
    limiter: { take: async () => ({ allowed: true }) },
    clock: { now: () => Date.now() },
    log: { append: async () => undefined },
    stream: { publishAhead },
  };
  return { ports: ports as unknown as SendPorts, counted: () => counted };
}

test("a message of a request that is sent again takes no further place, also before it is stored", async () => {
  const { ports, counted } = laggingPorts();
  const id = Bun.randomUUIDv7() as EventId;
  const fresh: boolean[] = [];
  for (let n = 0; n <= maxRequestMessages; n++)
    fresh.push((await sendMessage(ports, ana, { room, text: "hello", id })).fresh);
  expect(fresh).toEqual([true, ...Array.from({ length: maxRequestMessages }, () => false)]);
  expect(counted()).toBe(1);
});
