/** Replies: what a message answers is told with it, live and in the history, and is of the same room. */
import { type Check, same } from "../check.ts";
import {
  channelOf,
  newestOffset,
  offsetsUpTo,
  post,
  readEvents,
  readMessages,
  roomOfTwo,
  subscribe,
} from "../talking.ts";

export const replyChecks: readonly Check[] = [
  {
    name: "replies.told",
    promise: "A reply carries what it answers, live, in the events and in the messages, and names who wrote that.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const heard = await world.connect(ana);
      await subscribe(heard, room);
      const first = await post(ana, room, "first");
      const offset = (await readMessages(ana, room)).find(({ id }) => id === first)?.offset;
      const answer = await ben.call("POST", `/rooms/${room.id}/messages`, { text: "yes", replyTo: first });
      same("the status of a reply", answer.status, 201);
      const quote = { id: first, offset, author: { id: ana.id, name: ana.name }, text: "first" };
      const told = { replyTo: quote, mentions: [ana.id] };
      const ofReply = (all: readonly { readonly id?: string; replyTo?: unknown; mentions?: unknown }[]) => {
        const found = all.find(({ id }) => id === answer.body.id);
        return { replyTo: found?.replyTo, mentions: found?.mentions };
      };
      await offsetsUpTo(heard, room, await newestOffset(ben, room));
      same("what is told live", ofReply(heard.publications(channelOf(room)).map(({ data }) => data)), told);
      same("what its event says", ofReply(await readEvents(ben, room)), told);
      same("what its message says", ofReply(await readMessages(ben, room)), told);
    },
  },
  {
    name: "replies.now",
    promise: "A message shows what it answers as that reads now, and nothing of it once it is deleted.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const first = await post(ana, room, "first");
      const path = `/rooms/${room.id}/messages`;
      same("the status of a reply", (await ben.call("POST", path, { text: "yes", replyTo: first })).status, 201);
      const shown = async () => {
        const { text, deleted } = (await readMessages(ben, room)).at(-1)?.replyTo ?? {};
        return { text, deleted };
      };
      await ana.call("PATCH", `${path}/${first}`, { text: "second" });
      same("after an edit", await shown(), { text: "second", deleted: undefined });
      await ana.call("DELETE", `${path}/${first}`);
      same("after the deletion", await shown(), { text: "", deleted: true });
    },
  },
  {
    name: "replies.same-room",
    promise:
      "A message of another room, a deleted one and none at all can't be answered: refused with 422, nothing is said.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const closed = await world.room([ben], "private");
      const gone = await post(ana, room, "gone");
      same("the status of deleting", (await ana.call("DELETE", `/rooms/${room.id}/messages/${gone}`)).status, 204);
      const before = (await readMessages(ana, room)).length;
      for (const replyTo of [await post(ben, closed, "closed"), gone, Bun.randomUUIDv7(), "none"]) {
        const { status, body } = await ana.call("POST", `/rooms/${room.id}/messages`, { text: "hm", replyTo });
        same("the answer to a reply to nothing here", [status, body.code, body.field], [422, "invalid", "replyTo"]);
      }
      same("messages in the room", (await readMessages(ana, room)).length, before);
    },
  },
];
