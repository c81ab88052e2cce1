/** Who saw offset n gets n+1, n+2, … exactly, from any age; and where that can't be, is told so instead of missing something. */
import { type Check, holds, range, same, sameOffsets } from "../check.ts";
import {
  channelOf,
  command,
  fill,
  newestOffset,
  offsetsUpTo,
  post,
  readEvents,
  roomOfTwo,
  subscribe,
  until,
} from "../talking.ts";
import type { ApiPerson, Program, Reply, Room, World } from "../world.ts";

/** How many share the writing of many messages. */
const writers = 8;
/** Missed by somebody who was away for a moment. */
const few = 8;
/** How often a reader comes back while others write. */
const returns = 6;
const onlyWhole = 2;

export const resumeChecks: readonly Check[] = [
  {
    name: "resume.recent",
    promise: "Who was away for a moment gets exactly what was missed, and goes on live without a seam.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const before = await present(world, ben, room);
      await fill([await world.connect(ana)], room, few);
      await shown(world, ana, room);
      const back = await world.connect(ben);
      const reply = await subscribe(back, room, { recover: true, ...before });
      same("recovered", reply.recovered, true);
      await post(ana, room, "live again");
      await exactly(back, room, before.offset, ana);
    },
  },
  {
    name: "resume.old",
    promise: "Who comes back from long ago, far behind what is kept at hand, gets every single event in order.",
    async run(world) {
      const people = await world.people(writers);
      const [ana, ben] = people as readonly [ApiPerson, ApiPerson];
      const room = await world.room(people);
      const before = await present(world, ben, room);
      await fill(await Promise.all(people.map((person) => world.connect(person))), room, world.backlog);
      await shown(world, ana, room);
      const back = await world.connect(ben);
      const reply = await subscribe(back, room, { recover: true, ...before });
      same("recovered", reply.recovered, true);
      await post(ana, room, "live again");
      const offsets = await exactly(back, room, before.offset, ana);
      holds("how much was recovered", offsets.length > world.backlog, `more than ${world.backlog}`, offsets.length);
      const fromStart = await world.connect(ben);
      await subscribe(fromStart, room, { recover: true, epoch: before.epoch, offset: 0 });
      await exactly(fromStart, room, 0, ana);
    },
  },
  {
    name: "resume.while-others-write",
    promise: "Who comes back again and again while others write misses nothing and gets nothing twice.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      let position = await present(world, ben, room);
      const start = position.offset;
      let writing = true;
      const sender = await world.connect(ana);
      const written = (async () => {
        while (writing) await fill([sender], room, 4);
      })();
      const all: number[] = [];
      for (let times = 0; times < returns; times++) {
        const reader = await world.connect(ben);
        const reply = await subscribe(reader, room, { recover: true, ...position });
        same("recovered", reply.recovered, true);
        await until(() => reader.offsets(channelOf(room)).length > 0, { what: "something new" });
        reader.close();
        all.push(...reader.offsets(channelOf(room)));
        position = { ...position, offset: all.at(-1) ?? position.offset };
      }
      writing = false;
      await written;
      sameOffsets(`what ${returns} connections got`, all, range(start + 1, start + all.length));
    },
  },
  {
    name: "resume.changes",
    promise: "Edits, deletions and reactions are resumed like messages, and the history reads as they left it.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const before = await present(world, ben, room);
      const author = await world.connect(ana);
      const [kept, gone] = [await post(ana, room, "with a tpyo"), await post(ana, room, "never mind")];
      for (const { method, data } of [
        { method: "reaction.add", data: { room: room.id, id: kept, emoji: "👍" } },
        { method: "message.edit", data: { room: room.id, id: kept, text: "with a typo" } },
        { method: "message.delete", data: { room: room.id, id: gone } },
      ]) {
        const { rpc, error } = await command(author, { rpc: { method, data } });
        holds(`the reply to ${method}`, rpc !== undefined, "a result", error);
      }
      const back = await world.connect(ben);
      await subscribe(back, room, { recover: true, ...before });
      await exactly(back, room, before.offset, ana);
      const types = (await readEvents(ben, room, before.offset)).map(({ type }) => type);
      const happened = ["message.posted", "message.posted", "reaction.added", "message.edited", "message.deleted"];
      // Somebody's joining may come after the position that was shown.
      same(
        "what happened",
        types.filter((type) => !type.startsWith("member.")),
        happened,
      );
      const { body } = await ben.get(`/rooms/${room.id}/messages`);
      const read = body.items.map(({ text, deleted = false, editedAt }: Reply) => [
        text,
        deleted,
        editedAt !== undefined,
      ]);
      same("the history", read, [
        ["with a typo", false, true],
        ["", true, false],
      ]);
    },
  },
  {
    name: "resume.unknown-epoch",
    promise:
      "A position of another epoch is answered with recovered: false and the present position, never with a silent hole.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      await present(world, ben, room);
      await isReset(world, ana, ben, room, { epoch: "another", offset: 1 });
    },
  },
  {
    name: "resume.future",
    promise: "A position that does not exist yet is answered with recovered: false and the present position.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      const { epoch, offset } = await present(world, ben, room);
      await isReset(world, ana, ben, room, { epoch, offset: offset + 1_000 });
    },
  },
  {
    name: "resume.strict",
    promise: "A client that asks to be refused rather than reset (flag 2) gets error 112.",
    async run(world) {
      const { ben, room } = await roomOfTwo(world);
      const asked = { channel: channelOf(room), recover: true, epoch: "another", offset: 1, flag: onlyWhole };
      const { error } = await (await world.connect(ben)).call({ subscribe: asked });
      same("the error", error?.code, 112);
    },
  },
  {
    name: "resume.history",
    promise:
      "The history command reads forwards and backwards from a position, in order, and refuses one of another epoch.",
    async run(world) {
      const { ana, ben, room } = await roomOfTwo(world);
      await fill([await world.connect(ana)], room, few);
      const reader = await world.connect(ben);
      const read = async (more: Record<string, unknown>) => {
        const { history, error } = await command(reader, { history: { channel: channelOf(room), ...more } });
        return { error, history, offsets: (history?.publications ?? []).map(({ offset }: Reply) => offset) };
      };
      const { history } = await read({ limit: 0 });
      const { epoch, offset: newest } = history;
      sameOffsets("all", (await read({ limit: -1 })).offsets, range(1, newest));
      sameOffsets("the newest two", (await read({ limit: 2, reverse: true })).offsets, [newest, newest - 1]);
      const since = { epoch, offset: newest - 4 };
      sameOffsets("since", (await read({ limit: 3, since })).offsets, range(newest - 3, newest - 1));
      const before = await read({ limit: 2, since, reverse: true });
      sameOffsets("before", before.offsets, [newest - 5, newest - 6]);
      const other = await read({ limit: 2, since: { epoch: "another", offset: 1 } });
      same("the error for another epoch", other.error?.code, 112);
    },
  },
];

/** Subscribes, hears the newest event, and goes. @returns the position to come back from */
async function present(world: World, person: ApiPerson, room: Room): Promise<{ epoch: string; offset: number }> {
  const program = await world.connect(person);
  const { epoch, offset } = await subscribe(program, room);
  program.close();
  return { epoch, offset };
}

/** What was acked may not be shown to anybody yet: waits until it is, so that who comes now has missed it. */
async function shown(world: World, person: ApiPerson, room: Room): Promise<void> {
  const newest = await newestOffset(person, room);
  const witness = await world.connect(person);
  await until(
    async () => {
      const { offset } = await subscribe(witness, room);
      await witness.call({ unsubscribe: { channel: channelOf(room) } });
      return offset >= newest;
    },
    { what: `offset ${newest} to be shown` },
  );
}

/** All that came on this connection is all after the offset, once and in order, up to the newest event. */
async function exactly(program: Program, room: Room, after: number, reader: ApiPerson): Promise<readonly number[]> {
  const newest = await newestOffset(reader, room);
  const offsets = await offsetsUpTo(program, room, newest);
  sameOffsets(`what came after offset ${after}`, offsets, range(after + 1, newest));
  return offsets;
}

async function isReset(world: World, ana: ApiPerson, ben: ApiPerson, room: Room, from: object): Promise<void> {
  await post(ana, room, "before");
  const newest = await newestOffset(ana, room);
  const reader = await world.connect(ben);
  const reply = await until(
    async () => {
      const { epoch, offset, recovered, publications = [] } = await subscribe(reader, room, { recover: true, ...from });
      if (offset >= newest) return { epoch, offset, recovered, publications };
      await reader.call({ unsubscribe: { channel: channelOf(room) } });
      return undefined;
    },
    { what: "the present position" },
  );
  same("recovered", reply.recovered, false);
  same("publications in the reply", reply.publications, []);
  same("the epoch", reply.epoch, (await ana.get(`/rooms/${room.id}`)).body.room.epoch);
  await post(ana, room, "after");
  await offsetsUpTo(reader, room, newest + 1);
  sameOffsets("what comes live", reader.offsets(channelOf(room)), [newest + 1]);
}
