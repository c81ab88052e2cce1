/** What checks do in a room, over HTTP and over a socket, each with what must come back. */
import { until } from "#tests/support/wait.ts";
import { holds, same } from "./check.ts";
import type { ApiPerson, Program, Reply, Room, World } from "./world.ts";

export const channelOf = ({ id }: Room) => `room:${id}`;

/** Events are asked for in pages of this size. */
const pageSize = 200;
/** After "too many requests" a command is tried again so often, each time after this. */
const mostTries = 60;
const tryAgainMs = 1_000;

export async function roomOfOne(world: World) {
  const [ana] = (await world.people(1)) as [ApiPerson];
  return { ana, room: await world.room([ana]) };
}

export async function roomOfTwo(world: World) {
  const [ana, ben] = (await world.people(2)) as [ApiPerson, ApiPerson];
  return { ana, ben, room: await world.room([ana, ben]) };
}

/** The second one listens. */
export async function heardRoomOfTwo(world: World) {
  const two = await roomOfTwo(world);
  const heard = await world.connect(two.ben);
  await subscribe(heard, two.room);
  return { ...two, heard };
}

/** @returns the result of subscribing */
export async function subscribe(program: Program, room: Room, more: Record<string, unknown> = {}): Promise<Reply> {
  const reply = await program.call({ subscribe: { channel: channelOf(room), ...more } });
  holds("the reply to subscribe", reply.subscribe !== undefined, "a result", reply);
  return reply.subscribe;
}

/** @returns a reply that is not "too many requests" */
export async function command(program: Program, what: Record<string, unknown>): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const reply = await program.call(what);
    if (reply.error?.code !== 111 || tries === mostTries) return reply;
    await Bun.sleep(tryAgainMs);
  }
}

/** Publishes a message and expects its ack. */
export async function publish(program: Program, room: Room, data: { text: string; id?: string }): Promise<void> {
  const { id: _, ...reply } = await command(program, { publish: { channel: channelOf(room), data } });
  same("the ack of a publication", reply, { publish: {} });
}

/** Posts over HTTP and expects that it is new. @returns its id */
export async function post(person: ApiPerson, room: Room, text: string, id?: string): Promise<string> {
  const { status, body } = await person.call("POST", `/rooms/${room.id}/messages`, { text, ...(id && { id }) });
  same("the status of a post", status, 201);
  return body.id;
}

/** All events after an offset, in pages, once the room's newest one is among them. */
export async function readEvents(
  person: ApiPerson,
  room: Room,
  after = 0,
  limit = pageSize,
): Promise<readonly Reply[]> {
  const events: Reply[] = [];
  for (let from: number | null = after; from !== null; ) {
    const { status, body } = await person.call("GET", `/rooms/${room.id}/events?after=${from}&limit=${limit}`);
    same("the status of reading events", status, 200);
    holds("a page of events", body.items.length <= limit, `at most ${limit}`, body.items.length);
    events.push(...body.items);
    from = body.next;
  }
  return events;
}

export async function readMessages(person: ApiPerson, room: Room): Promise<readonly Reply[]> {
  const { status, body } = await person.call("GET", `/rooms/${room.id}/messages?limit=${pageSize}`);
  same("the status of reading messages", status, 200);
  return body.items;
}

export async function newestOffset(person: ApiPerson, room: Room): Promise<number> {
  const { body } = await person.call("GET", `/rooms/${room.id}`);
  return body.room.offset;
}

/** Waits until the newest publication of a room is this one. @returns all offsets, in the order they came */
export async function offsetsUpTo(program: Program, room: Room, newest: number): Promise<readonly number[]> {
  const offsets = () => program.offsets(channelOf(room));
  await until(() => offsets().includes(newest), {
    what: `offset ${newest}; the last that came is ${offsets().at(-1)}`,
  });
  return offsets();
}

/** Many messages at once, shared among writers. */
export async function fill(writers: readonly Program[], room: Room, count: number, stem = "m"): Promise<void> {
  const posts = Array.from({ length: count }, (_, n) => {
    const writer = writers[n % writers.length];
    return writer && publish(writer, room, { text: `${stem}${n + 1}` });
  });
  await Promise.all(posts);
}

export { until };
