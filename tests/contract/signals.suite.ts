/** What signals promise: who listens hears of its own room and of all users, until it stops listening. */
import { describe, expect, test } from "bun:test";
import type { RoomSignal, Signals, UserSignal } from "#domain/ports/index.ts";
import { eventually, samplePerson, sampleRoom } from "./samples.ts";

export interface OpenSignals {
  /** Two ends that reach each other: the same object, or two connections. */
  readonly near: Signals;
  readonly far: Signals;
  close(): Promise<void>;
}

export function signalsSuite(name: string, open: () => Promise<OpenSignals>): void {
  describe(`signals: ${name}`, () => {
    async function withSignals(work: (ends: OpenSignals) => Promise<void>): Promise<void> {
      const ends = await open();
      try {
        await work(ends);
      } finally {
        await ends.close();
      }
    }

    test("a room's signals reach every listener of that room, in order, and no other room", () =>
      withSignals(async ({ near, far }) => {
        const [room, other] = [sampleRoom(), sampleRoom()];
        const heard: Record<"one" | "two" | "other", RoomSignal[]> = { one: [], two: [], other: [] };
        await far.onRoom(room, (signal) => heard.one.push(signal));
        await far.onRoom(room, (signal) => heard.two.push(signal));
        await far.onRoom(other, (signal) => heard.other.push(signal));
        const signals: RoomSignal[] = [
          { type: "typing", user: samplePerson() },
          { type: "presence", user: samplePerson().id, online: true },
          { type: "presence", user: samplePerson().id, online: false },
        ];
        for (const signal of signals) await near.toRoom(room, signal);
        await eventually("both heard", () => heard.one.length === 3 && heard.two.length === 3);
        expect(heard).toEqual({ one: signals, two: signals, other: [] });
      }));

    test("every user's signals reach every listener", () =>
      withSignals(async ({ near, far }) => {
        const [ada, bob] = [samplePerson(), samplePerson()];
        const heard: { user: string; signal: UserSignal }[] = [];
        await far.onUsers((user, signal) => heard.push({ user, signal }));
        const room = sampleRoom();
        const joined: UserSignal = { type: "rooms", room, member: true };
        const read: UserSignal = { type: "read", state: { room, readOffset: 3, unread: 1, mentions: 0, offset: 4 } };
        await near.toUser(ada.id, joined);
        await near.toUser(bob.id, read);
        const own = () => heard.filter(({ user }) => user === ada.id || user === bob.id);
        await eventually("both heard", () => own().length === 2);
        expect(own()).toEqual([
          { user: ada.id, signal: joined },
          { user: bob.id, signal: read },
        ]);
      }));

    test("after unsubscribing nothing more is heard, and the others still hear", () =>
      withSignals(async ({ near, far }) => {
        const room = sampleRoom();
        let [gone, there] = [0, 0];
        const stop = await far.onRoom(room, () => {
          gone += 1;
        });
        await far.onRoom(room, () => {
          there += 1;
        });
        await near.toRoom(room, { type: "typing", user: samplePerson() });
        await eventually("both heard", () => gone === 1 && there === 1);
        await stop();
        await stop();
        await near.toRoom(room, { type: "typing", user: samplePerson() });
        await eventually("the other heard", () => there === 2);
        expect(gone).toBe(1);
      }));

    test("a listener that throws harms no other", () =>
      withSignals(async ({ near, far }) => {
        const room = sampleRoom();
        let heard = 0;
        await far.onRoom(room, () => {
          throw new Error("a bug of the listener");
        });
        await far.onRoom(room, () => {
          heard += 1;
        });
        await near.toRoom(room, { type: "typing", user: samplePerson() });
        await near.toRoom(room, { type: "typing", user: samplePerson() });
        await eventually("heard twice", () => heard === 2);
      }));
  });
}
