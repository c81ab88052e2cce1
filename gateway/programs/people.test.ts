/** The rooms of who is here by programs are followed, whatever is away when the first of them connects. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { until } from "#tests/support/wait.ts";
import type { Hub } from "../hub.ts";
import { createLog } from "../log.ts";
import { createPeople } from "./people.ts";

const ana = "ana" as UserId;
const tea = "tea" as RoomId;

interface Answers {
  readonly enter?: () => Promise<boolean>;
  readonly roomIdsOf: () => Promise<readonly RoomId[]>;
  readonly haveTooMany?: () => Promise<boolean>;
}

function world({ enter = async () => false, roomIdsOf, haveTooMany = async () => false }: Answers) {
  const followed: RoomId[] = [];
  const ports = {
    presence: { enter, leave: async () => true },
    rooms: { roomIdsOf },
    directs: { requestsAmong: async () => new Set() },
    signals: { toRoom: async () => {} },
  };
  const follow = async (room: RoomId) => {
    followed.push(room);
    return { release: () => void followed.splice(followed.indexOf(room), 1) };
  };
  const hub = { follow } as unknown as Hub;
  const people = createPeople(ports as unknown as Ports, () => hub, { haveTooMany }, createLog("silent"));
  let ended = 0;
  const connect = () => people.enter(ana, Bun.randomUUIDv7(), () => void ended++);
  const followsTea = async () => await until(() => followed.length > 0, { what: "the room to be followed" });
  return { people, connect, followed, followsTea, ended: () => ended };
}

/** Fails the first time, in this way. */
function onceFailing<T>(error: Error, then: T): () => Promise<T> {
  let calls = 0;
  return async () => {
    if (calls++ === 0) throw error;
    return then;
  };
}

test("they are read again until the store is back, by one connection too", async () => {
  const { connect, followsTea } = world({ roomIdsOf: onceFailing(unavailable("Away."), [tea]) });
  connect();
  await followsTea();
});

test("a failure of another kind is left to the next connection", async () => {
  const { connect, followed, followsTea } = world({ roomIdsOf: onceFailing(new Error("A bug."), [tea]) });
  connect();
  await Bun.sleep(0);
  expect(followed).toEqual([]);
  connect();
  await followsTea();
});

test("that presence is away, or one connection is too many, leaves none behind", async () => {
  const away = world({ enter: onceFailing(unavailable("Away."), true), roomIdsOf: async () => [tea] });
  away.connect();
  await away.followsTea();
  let asked = 0;
  const full = world({ haveTooMany: async () => asked++ === 0, roomIdsOf: async () => [tea] });
  full.connect();
  await until(() => full.ended() === 1, { what: "the end of the first" });
  full.connect();
  await full.followsTea();
});

test("they are followed once for all connections, until the last is gone", async () => {
  const { people, connect, followed, followsTea } = world({ roomIdsOf: async () => [tea] });
  connect();
  connect();
  await followsTea();
  await Bun.sleep(0);
  expect(followed).toEqual([tea]);
  people.leave(ana, "one", false);
  expect(followed).toEqual([tea]);
  people.leave(ana, "two", false);
  expect(followed).toEqual([]);
});
