/** What a program that comes back from beyond the tail costs the stream: the deletions that the store may not have yet are among the newest events alone. */
import { expect, test } from "bun:test";
import { maxTailEvents } from "#adapters/memory/room-tail.ts";
import { maxReordered } from "#domain/events.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { connectProgram } from "../support/program.ts";
import { until } from "../support/wait.ts";

test("whoever comes back has the stream look for deletions among those that the store may not have, not through the whole tail", async () => {
  const asked: number[] = [];
  await using gateway = await startGateway({
    between: (ports) => ({
      ...ports,
      stream: {
        ...ports.stream,
        async deletions(room, after) {
          asked.push(after);
          return await ports.stream.deletions(room, after);
        },
      },
    }),
  });
  const ana = await signUpPerson(gateway.url);
  const { id } = await ana.createRoom(freshName("long"));
  while ((await ana.get(`/rooms/${id}`)).body.room.offset <= maxTailEvents)
    await Promise.all(Array.from({ length: 50 }, (_, n) => ana.post(id, `m${n}`)));
  const { epoch, offset } = (await ana.get(`/rooms/${id}`)).body.room;
  asked.length = 0;
  const channel = `room:${id}`;
  const back = await connectProgram(gateway.url, { token: ana.token });
  const { subscribe } = await back.call({ subscribe: { channel, recover: true, epoch, offset: 0 } });
  expect(subscribe.recovered).toBe(true);
  await until(() => back.offsets(channel).at(-1) === offset, { what: "the newest" });
  expect(asked.length).toBeGreaterThan(0);
  expect([...new Set(asked)]).toEqual([offset - maxReordered]);
  back.close();
}, 60_000);
