/** An ack means that the message is there: in the history, among the events, and live for everybody in the room. */
import { type Check, holds, same } from "../check.ts";
import { channelOf, heardRoomOfTwo, post, publish, readEvents, readMessages, subscribe, until } from "../talking.ts";
import type { ApiPerson, Program, Reply, Room } from "../world.ts";

/** After an ack everybody has the message within this. */
const seenWithinMs = 5_000;
/** Times are RFC 3339 in UTC, with milliseconds. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const ackChecks: readonly Check[] = [
  {
    name: "ack.http",
    promise: "A message that was acked over HTTP is in the history, among the events, and live for all members.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const text = "acked over HTTP: café, 日本語, 🌿";
      const id = await post(ana, room, text);
      await seenEverywhere({ author: ana, reader: ben, room, heard, id, text });
    },
  },
  {
    name: "ack.socket",
    promise: "A message that was acked over the socket is in the history, among the events, and live for all members.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const id = Bun.randomUUIDv7();
      await publish(await world.connect(ana), room, { id, text: "acked over the socket" });
      await seenEverywhere({ author: ana, reader: ben, room, heard, id, text: "acked over the socket" });
    },
  },
  {
    name: "ack.rpc",
    promise:
      "The call message.post acks with the message's id, and the sender who is subscribed hears it like all others.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const sender = await world.connect(ana);
      await subscribe(sender, room);
      const { rpc } = await sender.call({
        rpc: { method: "message.post", data: { room: room.id, text: "by a call" } },
      });
      holds("the result of the call", typeof rpc?.data?.id === "string", "an id", rpc);
      const seen = { author: ana, reader: ben, room, id: rpc.data.id, text: "by a call" };
      await seenEverywhere({ ...seen, heard });
      await seenEverywhere({ ...seen, heard: sender });
    },
  },
  {
    name: "ack.verbatim",
    promise: "A text comes back byte for byte as it was sent, whichever way it is read.",
    async run(world) {
      const { ana, ben, room, heard } = await heardRoomOfTwo(world);
      const texts = [
        "  spaces around  ",
        "one\ntwo\r\nthree\ttabbed\n",
        '<script>alert("x")</script> & &amp; \\ \\u0041 "quoted"',
        "אבג שלום and العربية",
        "e\u0301 is not é; 👩‍👩‍👧 is one; \u200b is nothing",
        "$1 %s {0} #{x} `x`",
      ];
      for (const text of texts) {
        const id = await post(ana, room, text);
        await seenEverywhere({ author: ana, reader: ben, room, heard, id, text });
      }
    },
  },
];

interface Seen {
  readonly author: ApiPerson;
  readonly reader: ApiPerson;
  readonly room: Room;
  /** Subscribed to the room. */
  readonly heard: Program;
  readonly id: string;
  readonly text: string;
}

async function seenEverywhere({ author, reader, room, heard, id, text }: Seen): Promise<void> {
  const isIt = (each: Reply) => each.id === id;
  const wait = { deadlineMs: seenWithinMs };
  const message = await until(async () => (await readMessages(reader, room)).find(isIt), {
    ...wait,
    what: "the message in the history",
  });
  const event = await until(async () => (await readEvents(reader, room)).find(isIt), {
    ...wait,
    what: "the message among the events",
  });
  const live = await until(() => heard.publications(channelOf(room)).find(({ data }) => isIt(data)), {
    ...wait,
    what: "the message live",
  });
  const said = { text, author: { id: author.id, name: author.name }, room: room.id };
  const saidIn = (each: Reply) => ({ text: each.text, author: each.author, room: each.room });
  same("the message in the history", saidIn(message), said);
  same("the message among the events", saidIn(event), said);
  same("the live publication", live.data, event);
  same("the author in the publication's info", live.info?.user, author.id);
  same("its offset everywhere", [message.offset, event.offset, live.offset], Array(3).fill(event.offset));
  same("its type", event.type, "message.posted");
  holds("its time", time.test(event.at), "RFC 3339 in UTC with milliseconds", event.at);
}
