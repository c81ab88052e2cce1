/** Who leaves a room stops hearing it within a second, on every connection, and may not read it any more. */
import { type Check, holds, same } from "../check.ts";
import { channelOf, newestOffset, offsetsUpTo, post, subscribe } from "../talking.ts";
import type { ApiPerson } from "../world.ts";

const withinMs = 1_000;

export const leavingChecks: readonly Check[] = (["public", "private"] as const).map((visibility) => ({
  name: `leaving.${visibility}`,
  promise: `Who leaves a ${visibility} room is unsubscribed within a second on every connection, hears nothing after, and reads nothing.`,
  async run(world) {
    const [ana, ben] = (await world.people(2)) as [ApiPerson, ApiPerson];
    const room = await world.room([ana, ben], visibility);
    const [stays, ...leave] = [await world.connect(ana), await world.connect(ben), await world.connect(ben)];
    for (const program of [stays, ...leave]) await subscribe(program, room);
    await post(ana, room, "together");

    const { status } = await ben.call("DELETE", `/rooms/${room.id}/members/me`);
    const from = performance.now();
    same("the answer to leaving", status, 204);
    const ends = await Promise.all(
      leave.map(async (program) => {
        const isEnd = ({ push }: { push?: Record<string, unknown> }) =>
          push?.channel === channelOf(room) && push.unsubscribe !== undefined;
        const { push } = await program.reply(isEnd, "being unsubscribed");
        return { code: push.unsubscribe.code, atMs: performance.now() };
      }),
    );
    same("why the subscriptions ended", new Set(ends.map(({ code }) => code)), new Set([2000]));
    const tookMs = Math.round(Math.max(...ends.map(({ atMs }) => atMs)) - from);
    holds("how long it took", tookMs <= withinMs, `at most ${withinMs} ms`, `${tookMs} ms`);

    const heard = leave.map((program) => program.offsets(channelOf(room)).length);
    await post(ana, room, "without you");
    await offsetsUpTo(stays, room, await newestOffset(ana, room));
    for (const program of leave) await program.call({ ping: {} });
    same(
      "how much came after",
      leave.map((program) => program.offsets(channelOf(room)).length),
      heard,
    );
    const refused = visibility === "private" ? 404 : 403;
    for (const path of ["messages", "events", "members"])
      same(`reading ${path}`, (await ben.get(`/rooms/${room.id}/${path}`)).status, refused);
    const again = await leave[0]?.call({ subscribe: { channel: channelOf(room) } });
    same("subscribing again", again?.error?.code, visibility === "private" ? 102 : 103);
  },
}));
