/** Posts of one program's socket: on their way together, in the log in their own order, and done before what comes after them. */
import { expect, test } from "bun:test";
import type { EventId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { connectProgram } from "../support/program.ts";
import { until } from "../support/wait.ts";

/** A gateway whose look-up of one id takes until it is released. */
async function openSlowGateway() {
  const slow = Bun.randomUUIDv7() as EventId;
  const asked: EventId[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const between = <P extends Ports>(ports: P): P => ({
    ...ports,
    events: {
      ...ports.events,
      async find(id) {
        asked.push(id);
        if (id === slow) await held;
        return await ports.events.find(id);
      },
    },
  });
  const gateway = await startGateway({ between });
  const ana = await signUpPerson(gateway.url);
  const { id: room } = await ana.createRoom(freshName("posts"));
  const program = await connectProgram(gateway.url, { token: ana.token });
  const post = (id: string, text: string) => program.call({ publish: { channel: `room:${room}`, data: { id, text } } });
  return { gateway, ana, room, program, post, slow, asked, release };
}

test("a post does not wait for the one before, and does not overtake it", async () => {
  const { gateway, ana, room, post, slow, asked, release } = await openSlowGateway();
  await using _ = gateway;
  const ids = Array.from({ length: 50 }, () => Bun.randomUUIDv7() as EventId);
  const acks = Promise.all([post(slow, "first"), ...ids.map((id, n) => post(id, `then ${n}`))]);
  await until(() => ids.every((id) => asked.includes(id)), { what: "all to be checked while the first is" });
  release();
  for (const { error } of await acks) expect(error).toBeUndefined();
  const { body } = await ana.get(`/rooms/${room}/messages?limit=100`);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([slow, ...ids]);
});

test("a refused post holds up nobody", async () => {
  const { gateway, program, post, slow, release } = await openSlowGateway();
  await using _ = gateway;
  const refused = post(Bun.randomUUIDv7(), "");
  const acked = post(Bun.randomUUIDv7(), "after it");
  expect((await refused).error).toBeDefined();
  expect((await acked).publish).toEqual({});
  const first = post(slow, "slow");
  release();
  expect((await first).publish).toEqual({});
  program.close();
});

test("any other command comes after all posts before it", async () => {
  const { gateway, room, program, post, slow, asked, release } = await openSlowGateway();
  await using _ = gateway;
  const acked = post(slow, "held");
  const read = program.call({ history: { channel: `room:${room}`, limit: 1, reverse: true } });
  await until(() => asked.includes(slow), { what: "the post to be checked" });
  expect(program.replies.some(({ history }) => history)).toBe(false);
  release();
  await acked;
  expect((await read).history.publications[0].data.id).toBe(slow);
});
