/** What a deleted message said is told by nothing any more, whenever and however the past is read. */
import { type Check, same } from "../check.ts";
import { channelOf, post, readEvents, roomOfTwo } from "../talking.ts";

type Told = Record<string, unknown> & { readonly replyTo?: { readonly id: string; readonly text: string } };

export const deletionChecks: readonly Check[] = [
  {
    name: "deletions.erase",
    promise:
      "Events of a deleted message keep their places and say nothing, and no reply quotes it: over HTTP, in history and to who comes back.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const path = `/rooms/${room.id}/messages`;
      const id = await post(ana, room, "first");
      await ana.call("PATCH", `${path}/${id}`, { text: "second" });
      const reply = (await ben.call("POST", path, { text: "yes", replyTo: id })).body.id;
      same("the status of the deletion", (await ana.call("DELETE", `${path}/${id}`)).status, 204);
      const said = (events: readonly Told[]) =>
        events
          .filter((event) => [event.id, event.message].includes(id) || event.id === reply)
          .map(({ type, text, deleted, replyTo }) => ({ type, text, deleted, quotes: replyTo?.text }));
      const wanted = [
        { type: "message.posted", text: "", deleted: true, quotes: undefined },
        { type: "message.edited", text: "", deleted: true, quotes: undefined },
        { type: "message.posted", text: "yes", deleted: undefined, quotes: "" },
        { type: "message.deleted", text: undefined, deleted: undefined, quotes: undefined },
      ];
      same("the events", said((await readEvents(ben, room)) as readonly Told[]), wanted);
      const program = await world.connect(ben);
      const channel = channelOf(room);
      const dataOf = (all: readonly { readonly data: Told }[] = []) => said(all.map(({ data }) => data));
      const { history } = await program.call({ history: { channel, limit: -1 } });
      same("the history", dataOf(history?.publications), wanted);
      const from = { epoch: history?.epoch, offset: 0 };
      const { subscribe } = await program.call({ subscribe: { channel, recover: true, ...from } });
      same("what was missed", dataOf(subscribe?.publications), wanted);
    },
  },
];
