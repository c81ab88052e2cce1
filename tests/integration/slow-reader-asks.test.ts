/** Who asks for much and reads slowly holds little of the gateway, and is given all of it as it reads. */
import { expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { maxBufferedBytes } from "#gateway/drained.ts";
import { maxRunFrameBytes } from "#gateway/frames.ts";
import { maxSentFrameBytes } from "#gateway/programs/frames.ts";
import { maxFrameCommands } from "#gateway/programs/inbox.ts";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { connectProgram } from "../support/program.ts";
import { openStalledReader, type StalledReader } from "../support/stalled-reader.ts";
import { until } from "../support/wait.ts";

/** More than a kernel takes for a socket whose reader sleeps. */
const kernelBytes = 8 * 1024 * 1024;
const testMs = { timeout: 60_000 };

/** A gateway that counts how often something is read from the stream. */
async function countingGateway(): Promise<{ gateway: TestGateway; reads: () => number }> {
  let reads = 0;
  const gateway = await startGateway({
    between: (ports) => {
      const tail: typeof ports.stream.tail = async (...asked) => {
        reads += 1;
        return await ports.stream.tail(...asked);
      };
      return { ...ports, stream: { ...ports.stream, tail } };
    },
  });
  return { gateway, reads: () => reads };
}

async function fill(base: string, ana: ApiPerson, room: string, texts: readonly string[]): Promise<void> {
  const program = await connectProgram(base, { token: ana.token });
  for (const text of texts)
    program.send(JSON.stringify({ id: 1_000, publish: { channel: `room:${room}`, data: { text } } }));
  await program.call({ ping: {} });
  program.close();
}

/** Until nothing more is read for a while. */
async function steady(count: () => number): Promise<number> {
  let [last, times] = [-1, 0];
  await until(
    () => {
      times = count() === last ? times + 1 : 0;
      last = count();
      return times >= 10;
    },
    { what: "nothing more to be read" },
  );
  return last;
}

const linesOf = (reader: StalledReader) =>
  reader
    .texts()
    .flatMap((frame) => frame.split("\n"))
    // Pings come whenever they do.
    .filter((line) => line !== "{}")
    .map((line) => JSON.parse(line));

test(
  "of 512 histories in one frame only those are read that the reader takes; all are answered, in order, as it reads",
  async () => {
    const { gateway, reads } = await countingGateway();
    await using _ = gateway;
    const ana = await signUpPerson(gateway.url);
    const room = await ana.createRoom(freshName("greedy"));
    await fill(
      gateway.url,
      ana,
      room.id,
      Array.from({ length: 20 }, (_, n) => `${n}`.repeat(maxTextBytes / 4)),
    );
    const before = reads();
    const asked = Array.from({ length: maxFrameCommands }, (_, n) => {
      return JSON.stringify({ id: n + 2, history: { channel: `room:${room.id}`, limit: -1 } });
    });
    const says = [JSON.stringify({ id: 1, connect: { token: ana.token } }), asked.join("\n")];
    const reader = await openStalledReader(gateway.url, { path: "/connection/websocket", says, readsFrames: 1 });
    const read = (await steady(reads)) - before;
    expect(read).toBeLessThan((kernelBytes + maxBufferedBytes) / 80_000);
    expect(read).toBeGreaterThan(0);
    reader.resume();
    await until(() => reader.received() > asked.length * 80_000, { deadlineMs: 30_000, what: "the answers" });
    await until(() => linesOf(reader).length === asked.length + 1, { deadlineMs: 30_000, what: "the last answer" });
    expect(linesOf(reader).map(({ id }) => id)).toEqual(Array.from({ length: asked.length + 1 }, (_, n) => n + 1));
    expect(reader.ended()).toBe(false);
  },
  testMs,
);

test(
  "who comes back to many rooms that all have much is given one after the other, reply before publications, and stays",
  async () => {
    const { gateway, reads } = await countingGateway();
    await using _ = gateway;
    const ana = await signUpPerson(gateway.url);
    const rooms = await Promise.all(Array.from({ length: 20 }, () => ana.createRoom(freshName("many"))));
    const epochs = new Map<string, string>();
    for (const { id } of rooms) {
      await fill(
        gateway.url,
        ana,
        id,
        Array.from({ length: 60 }, (_, n) => `${n % 10}`.repeat(maxTextBytes)),
      );
      epochs.set(id, (await ana.get(`/rooms/${id}`)).body.room.epoch);
    }
    const asked = rooms.map(({ id }, n) => {
      const position = { recover: true, epoch: epochs.get(id), offset: 2 };
      return JSON.stringify({ id: n + 2, subscribe: { channel: `room:${id}`, ...position } });
    });
    const says = [JSON.stringify({ id: 1, connect: { token: ana.token } }), asked.join("\n")];
    const before = reads();
    const reader = await openStalledReader(gateway.url, { path: "/connection/websocket", says, readsFrames: 1 });
    expect((await steady(reads)) - before).toBeLessThan(
      20 + (kernelBytes + maxSentFrameBytes) / (maxSentFrameBytes / 2),
    );
    reader.resume();
    await until(() => reader.received() > rooms.length * 60 * maxTextBytes, { deadlineMs: 30_000, what: "all of it" });
    for (const [n, { id }] of rooms.entries()) {
      const own = () => linesOf(reader).filter((line) => line.id === n + 2 || line.push?.channel === `room:${id}`);
      const offsets = () =>
        own()
          .flatMap(({ subscribe, push }) => (subscribe ? subscribe.publications : [push.pub]))
          .map(({ offset }) => offset);
      await until(() => offsets().length >= 60, { what: "the last of a room" });
      expect(own()[0].id).toBe(n + 2);
      expect(offsets()).toEqual(Array.from({ length: 60 }, (_, at) => at + 3));
    }
    expect(reader.ended()).toBe(false);
  },
  testMs,
);

test(
  "a page that reads slowly is caught up over large messages without being closed",
  async () => {
    const { gateway, reads } = await countingGateway();
    await using _ = gateway;
    const ana = await signUpPerson(gateway.url);
    const room = await ana.createRoom(freshName("slow-page"));
    const { epoch, offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
    // As HTML five times as long.
    const signs = "&".repeat(maxTextBytes - 10);
    await fill(
      gateway.url,
      ana,
      room.id,
      Array.from({ length: 200 }, (_, n) => `${n} ${signs}`),
    );
    const headers = { Origin: gateway.url, Cookie: `superchat_access=${ana.token}` };
    const path = `/live?room=${room.id}&epoch=${epoch}&after=${offset}`;
    const reader = await openStalledReader(gateway.url, { path, headers, readsFrames: 1 });
    await steady(reads);
    expect(reader.texts().some((text) => text.includes("caughtUp"))).toBe(false);
    reader.resume();
    const frames = () => reader.texts().map((text) => JSON.parse(text));
    await until(() => frames().some(({ caughtUp }) => caughtUp), { deadlineMs: 30_000, what: "being caught up" });
    const runs = frames().filter(({ run }) => run);
    expect(runs.flatMap(({ run: { from, to } }) => Array.from({ length: to - from + 1 }, (_, n) => from + n))).toEqual(
      Array.from({ length: 200 }, (_, n) => offset + 1 + n),
    );
    for (const text of reader.texts()) expect(text.length).toBeLessThan(3 * maxRunFrameBytes);
    expect(reader.ended()).toBe(false);
  },
  testMs,
);
