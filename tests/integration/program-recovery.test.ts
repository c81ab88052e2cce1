/** Programs that come back: exactly what was missed, from any age, in order, before anything live; or a plain no. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { maxTailEvents } from "#adapters/memory/room-tail.ts";
import { maxTextBytes } from "#domain/message.ts";
import { standstillMs } from "#domain/standstill.ts";
import { maxSentFrameBytes } from "#gateway/programs/frames.ts";
import { maxHistoryPublications } from "#gateway/programs/reading.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { connectProgram, type Program } from "../support/program.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const person = () => signUpPerson(gateway.url);
const program = (who: ApiPerson) => connectProgram(gateway.url, { token: who.token });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const position = async (who: ApiPerson, room: { id: string }) => (await who.get(`/rooms/${room.id}`)).body.room;
const channelOf = (room: { id: string }) => `room:${room.id}`;

async function recover(to: Program, room: { id: string }, epoch: string, offset: number, flag = 0) {
  return await to.call({ subscribe: { channel: channelOf(room), recover: true, epoch, offset, flag } });
}

async function fill(who: ApiPerson, room: { id: string }, count: number, text = (n: number) => `m${n}`) {
  for (let n = 1; n <= count; n += 40) {
    await Promise.all(range(n, Math.min(n + 39, count)).map((each) => who.post(room.id, text(each))));
  }
}

describe("recovery", () => {
  test("gives exactly what was missed, from the tail and from the store", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("ages"));
    await fill(ana, room, maxTailEvents + 200);
    const { epoch, offset: newest } = await position(ana, room);
    expect(newest).toBe(maxTailEvents + 202);
    for (const offset of [newest, newest - 1, newest - maxTailEvents, 201, 1, 0]) {
      const back = await program(ana);
      const { subscribe } = await recover(back, room, epoch, offset);
      expect(subscribe).toMatchObject({ recovered: true, was_recovering: true, epoch, recoverable: true });
      await until(() => newest === offset || back.offsets(channelOf(room)).at(-1) === newest, { what: "the newest" });
      expect(back.offsets(channelOf(room))).toEqual(range(offset + 1, newest));
      back.close();
    }
  });

  test("what does not fit into the reply follows as publications, before what is live", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("long"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const { epoch, offset } = await position(ana, room);
    const count = 90;
    await fill(ana, room, count, () => "x".repeat(maxTextBytes));
    const back = await program(ben);
    const reply = recover(back, room, epoch, offset);
    const live = Promise.all(range(1, 20).map((n) => ana.post(room.id, `live${n}`)));
    const { subscribe } = await reply;
    expect(subscribe.recovered).toBe(true);
    const given = subscribe.publications.length;
    expect(given).toBeWithin(5, count);
    expect(subscribe.offset).toBe(offset + given);
    await live;
    await until(() => back.offsets(channelOf(room)).length >= count + 20, { what: "everything" });
    expect(back.offsets(channelOf(room))).toEqual(range(offset + 1, offset + count + 20));
    for (const frame of back.frames) expect(frame.length).toBeLessThan(maxSentFrameBytes + 2 * maxTextBytes);
  });

  test("without hole or repeat while others write", async () => {
    const [ana, ben] = [await person(), await person()];
    const room = await ana.createRoom(freshName("race"));
    await ben.call("PUT", `/rooms/${room.id}/members/me`);
    const { epoch } = await position(ana, room);
    const writing = fill(ana, room, 400);
    const backs: Program[] = [];
    for (let n = 0; n < 15; n++) {
      const back = await program(ben);
      backs.push(back);
      expect((await recover(back, room, epoch, n % 4)).subscribe.recovered).toBe(true);
      await Bun.sleep(5);
    }
    await writing;
    for (const [n, back] of backs.entries()) {
      await until(() => back.offsets(channelOf(room)).at(-1) === 403, { what: "the newest event" });
      expect(back.offsets(channelOf(room))).toEqual(range((n % 4) + 1, 403));
    }
  });

  test("of an epoch that is not known, or an offset that never was, is refused: live goes on, or an error if asked", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("epoch"));
    const { epoch } = await position(ana, room);
    for (const [from, offset] of [
      ["other", 1],
      ["", 0],
      [epoch, 9_999],
    ] as const) {
      const back = await program(ana);
      const { subscribe } = await recover(back, room, from, offset);
      expect(subscribe).toMatchObject({ recovered: false, was_recovering: true, epoch });
      expect(subscribe.publications).toBeUndefined();
      await ana.post(room.id, "live");
      await until(() => back.offsets(channelOf(room)).length === 1, { what: "what is live" });
      expect(back.offsets(channelOf(room))).toEqual([subscribe.offset + 1]);
      expect((await recover(await program(ana), room, from, offset, 2)).error).toMatchObject({ code: 112 });
    }
  }, 20_000);

  test("many that come back together cost one read per room and position", async () => {
    let reads = 0;
    const counted = await startGateway({
      between: (ports) => {
        const tail: typeof ports.stream.tail = async (room, after, limit) => {
          reads += limit > 0 ? 1 : 0;
          // As long as a busy Redis: all of them ask meanwhile.
          await Bun.sleep(20);
          return await ports.stream.tail(room, after, limit);
        };
        return { ...ports, stream: { ...ports.stream, tail } };
      },
    });
    const ana = await signUpPerson(counted.url);
    const room = await ana.createRoom(freshName("herd"));
    const { epoch, offset } = await position(ana, room);
    await fill(ana, room, 50);
    const herd = await Promise.all(range(1, 60).map(() => connectProgram(counted.url, { token: ana.token })));
    reads = 0;
    const replies = await Promise.all(herd.map((each) => recover(each, room, epoch, offset)));
    for (const { subscribe } of replies) expect(subscribe.publications).toHaveLength(50);
    expect(reads).toBe(1);
    await counted.close();
  }, 20_000);

  test("what is deleted while the gateway stands still in the middle of it is told without its words", async () => {
    const gone = Promise.withResolvers<string>();
    let reads = 0;
    const paused = await startGateway({
      between: (ports) => {
        const tail: typeof ports.stream.tail = async (...asked) => {
          const read = await ports.stream.tail(...asked);
          // The second part of what fits into the reply; the first was read, and waits for it.
          if (asked[2] > 0 && ++reads === 2) {
            await ana.call("DELETE", `/rooms/${room.id}/messages/${await gone.promise}`);
            Bun.sleepSync(standstillMs + 100);
          }
          return read;
        };
        return { ...ports, stream: { ...ports.stream, tail } };
      },
    });
    const ana = await signUpPerson(paused.url);
    const room = await ana.createRoom(freshName("still"));
    const { epoch, offset } = await position(ana, room);
    const id = await ana.post(room.id, "xyzzy");
    gone.resolve(id);
    await fill(ana, room, 300);
    const back = await connectProgram(paused.url, { token: ana.token });
    reads = 0;
    const { subscribe } = await recover(back, room, epoch, offset);
    expect(subscribe.publications[0].data).toMatchObject({ id, text: "", deleted: true });
    await until(() => back.offsets(channelOf(room)).length === 302, { what: "everything" });
    expect(back.offsets(channelOf(room))).toEqual(range(offset + 1, offset + 302));
    expect(back.frames.join()).not.toContain("xyzzy");
    await paused.close();
  }, 20_000);
});

describe("history", () => {
  test("both ways, from anywhere, in pages", async () => {
    const ana = await person();
    const room = await ana.createRoom(freshName("history"));
    await fill(ana, room, maxTailEvents + 100);
    const { epoch, offset: newest } = await position(ana, room);
    const a = await program(ana);
    const ask = async (asked: Record<string, unknown>) => {
      const { history, error } = await a.call({ history: { channel: channelOf(room), ...asked } });
      if (error) return error.code;
      expect(history).toMatchObject({ epoch, offset: newest });
      return (history.publications ?? []).map((each: { offset: number }) => each.offset);
    };
    expect(await ask({})).toEqual([]);
    expect(await ask({ limit: 0 })).toEqual([]);
    expect(await ask({ limit: 3 })).toEqual([1, 2, 3]);
    expect(await ask({ limit: 3, reverse: true })).toEqual([newest, newest - 1, newest - 2]);
    expect(await ask({ limit: 3, since: { epoch, offset: 5 } })).toEqual([6, 7, 8]);
    expect(await ask({ limit: 3, since: { epoch, offset: 5 }, reverse: true })).toEqual([4, 3, 2]);
    expect(await ask({ limit: 9, since: { epoch, offset: 3 }, reverse: true })).toEqual([2, 1]);
    expect(await ask({ limit: 3, since: { epoch, offset: newest } })).toEqual([]);
    expect(await ask({ limit: 9, since: { epoch, offset: newest - 2 } })).toEqual([newest - 1, newest]);
    expect(await ask({ limit: 3, since: { epoch: "other", offset: 5 } })).toBe(112);
    expect(await ask({ limit: -1 })).toEqual(range(1, maxHistoryPublications));
    expect(await ask({ limit: maxHistoryPublications + 1 })).toEqual(range(1, maxHistoryPublications));
    const backwards: number[] = [];
    for (let since: { epoch: string; offset: number } | undefined; backwards.at(-1) !== 1; ) {
      backwards.push(...(await ask({ limit: 90, reverse: true, ...(since ? { since } : {}) })));
      since = { epoch, offset: backwards.at(-1)! };
    }
    expect(backwards).toEqual(range(1, newest).reverse());
  });
});
