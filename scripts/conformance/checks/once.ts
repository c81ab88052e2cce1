/** Sent once, shown once: the same id any number of times, by any way, is one message. */
import { type Check, holds, same } from "../check.ts";
import {
  channelOf,
  fill,
  heardRoomOfTwo,
  newestOffset,
  offsetsUpTo,
  post,
  publish,
  readEvents,
  until,
} from "../talking.ts";
import type { ApiPerson, Program, Room } from "../world.ts";

/** Messages between the first sending and a later one. */
const meanwhile = 20;

export const onceChecks: readonly Check[] = [
  {
    name: "once.http",
    promise: "The same id again over HTTP is answered with 200 and the id, and is one message, also with another text.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const id = Bun.randomUUIDv7();
      const send = async (text: string, more = {}) => {
        const { status, body } = await ana.call("POST", `/rooms/${room.id}/messages`, { id, text, ...more });
        return { status, id: body.id };
      };
      same("the first answer", await send("once"), { status: 201, id });
      same("the second answer", await send("once"), { status: 200, id });
      same("the answer to another text", await send("twice"), { status: 200, id });
      same("the answer to a resend", await send("once", { resend: true }), { status: 200, id });
      same(
        "the answer to upper case",
        (await ana.call("POST", `/rooms/${room.id}/messages`, { id: id.toUpperCase(), text: "once" })).status,
        200,
      );
      await isOne({ reader: ben, author: ana, room, heard, id, text: "once" });
    },
  },
  {
    name: "once.socket",
    promise: "The same id again over a socket is acked again, and is one message.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const id = Bun.randomUUIDv7();
      const sender = await world.connect(ana);
      for (let times = 0; times < 3; times++) await publish(sender, room, { id, text: "once" });
      await isOne({ reader: ben, author: ana, room, heard, id, text: "once" });
    },
  },
  {
    name: "once.everywhere-at-once",
    promise: "The same id from two sockets and over HTTP in the same moment is acked each time, and is one message.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const id = Bun.randomUUIDv7();
      const sockets = [await world.connect(ana), await world.connect(ana)];
      const statuses = Promise.all(
        [1, 2, 3].map(async () => (await ana.call("POST", `/rooms/${room.id}/messages`, { id, text: "once" })).status),
      );
      await Promise.all([...sockets, ...sockets].map((socket) => publish(socket, room, { id, text: "once" })));
      same(
        "what HTTP answers",
        (await statuses).filter((status) => status !== 200 && status !== 201),
        [],
      );
      await isOne({ reader: ben, author: ana, room, heard, id, text: "once" });
    },
  },
  {
    name: "once.later",
    promise: "The same id again after others have spoken, from a new connection, is still the one message it was.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const id = await post(ana, room, "once", Bun.randomUUIDv7());
      await fill([await world.connect(ben)], room, meanwhile);
      await publish(await world.connect(ana), room, { id, text: "once" });
      const again = await ana.call("POST", `/rooms/${room.id}/messages`, { id, text: "once", resend: true });
      holds("the answer to the resend", again.status === 200 || again.status === 201, "200 or 201", again.status);
      await isOne({ reader: ben, author: ana, room, heard, id, text: "once" });
    },
  },
  {
    name: "once.not-anothers",
    promise: "An id that is taken is refused with 409 to somebody else and in another room, and changes nothing there.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const elsewhere = await world.room([ana, ben]);
      const id = await post(ana, room, "mine", Bun.randomUUIDv7());
      await until(async () => (await readEvents(ana, room)).some((event) => event.id === id), {
        what: "the first one",
      });
      const send = async (person: ApiPerson, where: Room) => {
        const { status, body } = await person.call("POST", `/rooms/${where.id}/messages`, { id, text: "not mine" });
        return [status, body.code];
      };
      same("the answer to somebody else", await send(ben, room), [409, "conflict"]);
      same("the answer in another room", await send(ana, elsewhere), [409, "conflict"]);
      await isOne({ reader: ben, author: ana, room, heard, id, text: "mine" });
      const there = (await readEvents(ana, elsewhere)).filter((event) => event.type === "message.posted");
      same("messages in the other room", there, []);
    },
  },
];

interface One {
  readonly reader: ApiPerson;
  readonly author: ApiPerson;
  readonly room: Room;
  readonly heard: Program;
  readonly id: string;
  readonly text: string;
}

/** A last message marks the end of what may have come twice. */
async function isOne({ reader, author, room, heard, id, text }: One): Promise<void> {
  const last = await post(author, room, "the last one");
  const events = await until(
    async () => {
      const found = await readEvents(reader, room);
      return found.some((event) => event.id === last) && found;
    },
    { what: "the last message" },
  );
  const texts = (all: readonly { readonly id: string; readonly text: string }[]) =>
    all.filter((each) => each.id === id).map((each) => each.text);
  same("events with this id", texts(events as never), [text]);
  await offsetsUpTo(heard, room, await newestOffset(reader, room));
  const live = heard.publications(channelOf(room)).map(({ data }) => data);
  same("live publications with this id", texts(live), [text]);
  const { body } = await reader.get(`/rooms/${room.id}/messages`);
  same("messages with this id", texts(body.items), [text]);
}
