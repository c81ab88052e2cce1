/** Random traffic against a store that fails at random: whatever happens, the promises hold. A failing seed is in the test's name. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { openWriterWorld } from "#tests/contract/writer-world.ts";

const seeds = Array.from({ length: 25 }, (_, index) => 1_000 + index);

for (const seed of seeds) {
  test(`seed ${seed}: no holes, one order, every acked event exactly once, every append settles`, async () => {
    const chance = mulberry32(seed);
    const below = (limit: number) => Math.floor(chance() * limit);
    await using world = await openWriterWorld({ maxBatchEvents: 1 + below(20) });
    const rooms = [await world.addRoom(), await world.addRoom(), await world.addRoom()] as const;
    const people = [await world.addPerson("Bea"), await world.addPerson("Bob")] as const;
    const misbehave = (odds: number) => async (runs: readonly EventRun[]) => {
      if (below(3) === 0) await new Promise((resolve) => setTimeout(resolve, below(2)));
      if (chance() < odds) throw unavailable("The store is away.");
      const poison = (event: LoggedEvent) => event.type === "message.posted" && event.text === "poison";
      if (runs.some((run) => run.events.some(poison))) throw new Error("poison");
    };
    world.faults.before = misbehave(0.15);
    world.faults.after = misbehave(0.05);

    const sent: LoggedEvent[] = [];
    const appends: Promise<{ readonly event: LoggedEvent; readonly acked: boolean }>[] = [];
    const send = (event: LoggedEvent) => {
      sent.push(event);
      const append = world.log.append(event);
      appends.push(
        append.then(
          () => ({ event, acked: true }),
          () => ({ event, acked: false }),
        ),
      );
    };
    for (let step = 0; step < 150; step++) {
      const room = rooms[below(3)]!;
      const author = people[below(2)]!;
      const earlier = sent[below(sent.length)];
      const kind = below(20);
      if (kind === 0) send(samplePost(room, "poison", { author }));
      else if (kind === 1) send(samplePost(sampleRoom(), "nowhere", { author }));
      else if (kind <= 4 && earlier) send({ ...earlier });
      else if (kind === 5 && earlier) send({ ...earlier, room, author });
      else send(samplePost(room, `message ${step}`, { author }));
      if (below(10) === 0) await Promise.race([appends.at(-1), new Promise((resolve) => setTimeout(resolve, 1))]);
    }

    const outcomes = await Promise.all(appends);
    const acked = new Map(outcomes.filter((outcome) => outcome.acked).map(({ event }) => [event.id, event]));
    const stored = await Promise.all(rooms.map((room: RoomId) => world.stored(room)));
    for (const [index, events] of stored.entries()) {
      expect(events.map((event) => event.offset)).toEqual(events.map((_, at) => at + 1));
      expect(world.announced(rooms[index]!)).toEqual(events);
    }
    const posted = stored.flat().filter((event) => event.type === "message.posted");
    expect(new Set(posted.map((event) => event.id)).size).toBe(posted.length);
    expect(posted.map((event) => event.id).sort()).toEqual([...acked.keys()].sort());
    for (const { event, acked: wasAcked } of outcomes) {
      const there = posted.find(
        (one) => one.id === event.id && one.room === event.room && one.author.id === event.author.id,
      );
      expect(there !== undefined).toBe(wasAcked);
    }
    expect(world.tooEarly).toEqual([]);
  });
}

/** A small repeatable source of chance (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
