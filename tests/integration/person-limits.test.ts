/** What one person does over many sockets and two gateways reaches others as if it came from one. */
import { beforeEach, expect, test } from "bun:test";
import { rateLimits } from "#domain/rate-limits.ts";
import { frameBurst } from "#gateway/page-inbox.ts";
import { maxConnectionsPerPerson, personFrameBurst } from "#gateway/person-limits.ts";
import type { ApiPerson } from "../support/api-person.ts";
import { cookieOf, type LivePage, lookAt, openLive } from "../support/live-page.ts";
import { connectProgram, openProgram } from "../support/program.ts";
import { type TwoGateways, useTwoGateways } from "../support/two-gateways.ts";
import { until } from "../support/wait.ts";

const two = useTwoGateways();
let { clock, urls, ports, ana, ben, room } = {} as TwoGateways;
beforeEach(async () => {
  ({ clock, urls, ports, ana, ben, room } = two());
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
});

const page = (base: string, who: ApiPerson) => openLive(base, { cookie: cookieOf(who), query: `?room=${room.id}` });
const typings = (seen: LivePage) => seen.frames.filter(({ typing }) => typing?.user.id === ana.id).length;

test("somebody who types on twenty sockets of two gateways is told of once in a while", async () => {
  const readers = await Promise.all(urls.map((url) => lookAt(url, ben, room)));
  const pages = await Promise.all(urls.flatMap((url) => Array.from({ length: 6 }, () => lookAt(url, ana, room))));
  const programs = await Promise.all(
    urls.flatMap((url) => Array.from({ length: 4 }, () => connectProgram(url, { token: ana.token }))),
  );
  const type = async () => {
    for (const each of pages) for (let n = 0; n < 10; n++) each.send({ typing: { room: room.id } });
    const rpc = { rpc: { method: "typing", data: { room: room.id } } };
    await Promise.all(programs.flatMap((each) => Array.from({ length: 10 }, () => each.call(rpc))));
    // What each page said has been heard once something that it said later is answered.
    for (const each of pages) {
      const id = Bun.randomUUIDv7();
      each.send({ post: { id, room: room.id, text: "" } });
      await each.frame(({ refused }) => refused?.id === id);
    }
  };
  await type();
  await until(() => readers.every((seen) => typings(seen) > 0), { what: "the signal" });
  expect(readers.map(typings)).toEqual([1, 1]);
  clock.advance(rateLimits.typingPerRoom.perMs);
  await type();
  await until(() => readers.every((seen) => typings(seen) > 1), { what: "the next signal" });
  expect(readers.map(typings)).toEqual([2, 2]);
});

test("as many sockets of a person stay as one may have, over both gateways; one more is told so", async () => {
  const open = await Promise.all(
    Array.from({ length: maxConnectionsPerPerson }, (_, n) => connectProgram(urls[n % 2]!, { token: ana.token })),
  );
  const { count } = ports.presence;
  await until(async () => (await count(ana.id as never)) === maxConnectionsPerPerson, {
    what: "all of them to be here",
  });
  const one = await openProgram(urls[1]);
  one.send(JSON.stringify({ id: 1, connect: { token: ana.token } }));
  expect((await one.ended()).code).toBe(3504);
  const other = await page(urls[0], ana);
  expect((await other.ended()).code).toBe(1013);
  for (const each of open) expect((await each.call({ ping: {} })).ping).toEqual({});
});

test("many that open at once don't all get in", async () => {
  const many = await Promise.all(
    Array.from({ length: maxConnectionsPerPerson + 20 }, (_, n) => openProgram(urls[n % 2]!)),
  );
  let ended = 0;
  for (const each of many) {
    each.ended(60_000).then(
      () => {
        ended += 1;
      },
      () => {},
    );
  }
  for (const each of many) each.send(JSON.stringify({ id: 1, connect: { token: ana.token } }));
  await until(() => ended >= 20, { what: "those that are too many to be told" });
}, 20_000);

test("sockets that open and close all the time are told to wait", async () => {
  const { burst } = rateLimits.connectionsPerPerson;
  for (let n = 0; n < burst; n++) await ports.limiter.take(rateLimits.connectionsPerPerson, ana.id);
  await expect(page(urls[0], ana)).rejects.toThrow();
  const program = await openProgram(urls[1]);
  expect((await program.call({ connect: { token: ana.token } })).error.code).toBe(111);
  clock.advance(rateLimits.connectionsPerPerson.perMs);
  (await page(urls[0], ana)).close();
});

test("frames are counted for the person, whichever socket they come over", async () => {
  const pages = await Promise.all(Array.from({ length: 8 }, () => lookAt(urls[0], ana, room)));
  // Each stays within what one socket may say.
  const each = (1.5 * personFrameBurst) / pages.length;
  expect(each).toBeLessThan(frameBurst);
  for (const open of pages) for (let n = 0; n < each; n++) open.send({ typing: { room: room.id } });
  expect((await Promise.any(pages.map((open) => open.ended(10_000)))).code).toBe(1008);
  const ids = await lookAt(urls[1], ben, room);
  ids.close();
}, 20_000);

test("read marks are limited per person: a page's are let go by, a program's are answered with 111", async () => {
  const limit = rateLimits.readMarksPerPerson;
  for (let n = 0; n < limit.burst - 1; n++) await ports.limiter.take(limit, ana.id);
  const program = await connectProgram(urls[1], { token: ana.token });
  const mark = () => program.call({ rpc: { method: "read.mark", data: { room: room.id, offset: 1 } } });
  expect((await mark()).rpc).toBeDefined();
  expect((await mark()).error.code).toBe(111);
  const open = await lookAt(urls[0], ana, room);
  const id = Bun.randomUUIDv7();
  open.send({ read: { room: room.id, offset: 1 } });
  open.send({ post: { id, room: room.id, text: "" } });
  await open.frame(({ refused }) => refused?.id === id);
  expect(open.frames.filter(({ refused }) => refused)).toHaveLength(1);
});
