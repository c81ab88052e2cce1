/** Edits that say which version they were made for replace no other. */
import { type Check, holds, same } from "../check.ts";
import { post, readEvents, readMessages, roomOfOne } from "../talking.ts";

const atOnce = 20;

export const editChecks: readonly Check[] = [
  {
    name: "edits.version",
    promise:
      "Of edits of a message that are made for the same version one is taken, however many come at once; the others are refused with 412.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const id = await post(ana, room, "first");
      const { version } = (await readMessages(ana, room)).find((message) => message.id === id) ?? {};
      holds("a message", typeof version === "string", "a version", version);
      const edits = Array.from({ length: atOnce }, (_, n) =>
        ana.call("PATCH", `/rooms/${room.id}/messages/${id}`, { text: `edit ${n}` }, { "If-Match": `"${version}"` }),
      );
      const answers = await Promise.all(edits);
      const taken = answers.filter(({ status }) => status === 200);
      same("how many were taken", taken.length, 1);
      const { text } = taken[0]?.body.message ?? {};
      for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
        same("the status of the others", status, 412);
        same("what the others are told", { code: body.code, text: body.current?.text }, { code: "changed", text });
      }
      const edited = (await readEvents(ana, room)).filter(({ type }) => type === "message.edited");
      same(
        "the events",
        edited.map((event) => event.text),
        [text],
      );
      same("what the message says", (await readMessages(ana, room)).find((message) => message.id === id)?.text, text);
    },
  },
];
