/** One order for all, by offset, without holes; and a sender's own order within it. */
import { type Check, holds, range, same, sameOffsets } from "../check.ts";
import { channelOf, fill, newestOffset, offsetsUpTo, publish, readEvents, subscribe } from "../talking.ts";
import type { ApiPerson, Program, World } from "../world.ts";

/** Messages of each of the writers. */
const each = 12;

export const orderChecks: readonly Check[] = [
  {
    name: "order.same-for-all",
    promise:
      "While several write at once, over sockets and HTTP, all who listen get every event in one and the same order.",
    async run(world) {
      const people = (await world.people(4)) as readonly [ApiPerson, ApiPerson, ApiPerson, ApiPerson];
      const room = await world.room(people);
      const listeners = await Promise.all(people.map((person) => world.connect(person)));
      const starts: number[] = [];
      for (const listener of listeners) starts.push((await subscribe(listener, room)).offset);
      const writers = await connectAll(world, people);
      const byHttp = people.map(async (person) => {
        for (let n = 1; n <= each; n++) {
          const { status } = await person.call("POST", `/rooms/${room.id}/messages`, { text: `http ${n}` });
          same("the status of a post", status, 201);
        }
      });
      await Promise.all([fill(writers, room, each * people.length), ...byHttp]);
      const newest = await newestOffset(people[0], room);
      for (const [at, listener] of listeners.entries()) {
        const offsets = await offsetsUpTo(listener, room, newest);
        sameOffsets(`what listener ${at + 1} got`, offsets, range((starts[at] ?? 0) + 1, newest));
      }
      const events = await readEvents(people[1], room);
      const idAt = new Map(events.map(({ offset, id }) => [offset, id]));
      for (const [at, listener] of listeners.entries()) {
        const heard = listener.publications(channelOf(room));
        const wrong = heard.filter(({ offset, data }) => idAt.get(offset) !== data.id);
        same(`publications of listener ${at + 1} that are another event in the API`, wrong, []);
      }
    },
  },
  {
    name: "order.without-holes",
    promise:
      "A room's offsets are 1, 2, 3 … without holes, whatever happened, and pages of events join without a seam.",
    async run(world) {
      const [ana, ben] = (await world.people(2)) as [ApiPerson, ApiPerson];
      const room = await world.room([ana, ben], "public");
      await fill([await world.connect(ana)], room, each);
      await ben.call("DELETE", `/rooms/${room.id}/members/me`);
      await ben.call("PUT", `/rooms/${room.id}/members/me`);
      await fill([await world.connect(ben)], room, each);
      const newest = await newestOffset(ana, room);
      holds("the newest offset", newest >= 2 * each, `at least ${2 * each}`, newest);
      for (const limit of [200, 7, 1]) {
        const offsets = (await readEvents(ana, room, 0, limit)).map(({ offset }) => offset);
        sameOffsets(`events in pages of ${limit}`, offsets, range(1, newest));
      }
    },
  },
  {
    name: "order.own",
    promise: "Messages that one socket sends without waiting for acks are in the order they were sent in.",
    async run(world) {
      const [ana] = (await world.people(1)) as [ApiPerson];
      const room = await world.room([ana]);
      const sender = await world.connect(ana);
      const texts = range(1, 3 * each).map((n) => `message ${n}`);
      await Promise.all(texts.map((text) => publish(sender, room, { text })));
      const events = await readEvents(ana, room);
      const said = events.filter(({ type }) => type === "message.posted").map(({ text }) => text);
      same("the order of the messages", said, texts);
    },
  },
  {
    name: "order.pages-back",
    promise: "The history read backwards, page by page, has every message once and joins without a seam.",
    async run(world) {
      const [ana] = (await world.people(1)) as [ApiPerson];
      const room = await world.room([ana]);
      await fill([await world.connect(ana)], room, each);
      const found: string[] = [];
      for (let before = ""; ; ) {
        const { body } = await ana.get(`/rooms/${room.id}/messages?limit=5${before}`);
        found.unshift(...body.items.map(({ id }: { id: string }) => id));
        if (body.next === null) break;
        before = `&before=${body.next}`;
      }
      const events = await readEvents(ana, room);
      const posted = events.filter(({ type }) => type === "message.posted").map(({ id }) => id);
      same("ids of all pages", found, posted);
    },
  },
];

function connectAll(world: World, people: readonly ApiPerson[]): Promise<readonly Program[]> {
  return Promise.all(people.map((person) => world.connect(person)));
}
