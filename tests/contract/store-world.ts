/**
 * People, rooms and events with fresh ids and names, so that the store suites can share one database. Checks nothing
 * itself.
 */
import { expect } from "bun:test";
import { ChatError, type ChatErrorCode } from "#domain/errors.ts";
import type { EventBody, EventRun, RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Page, PageQuery, Ports } from "#domain/ports/index.ts";
import { directKeyOf, type NewRoom, type Room } from "#domain/room.ts";
import type { Author, User } from "#domain/user.ts";

export type Stores = Pick<
  Ports,
  "events" | "rooms" | "directs" | "invitations" | "users" | "sessions" | "programTokens" | "hooks" | "keys"
>;

/** Called once per test. Stores of different tests may share their data. */
export type OpenStores = () => Promise<Stores>;

export const startOfTime = Date.parse("2026-01-02T03:04:05.006Z");

export function newId<Id extends string>(): Id {
  return Bun.randomUUIDv7() as Id;
}

/** A word no other test has. */
export function word(start = "w"): string {
  return `${start}${Bun.randomUUIDv7().replaceAll("-", "").slice(-12)}`;
}

/** Of as many as were done at once: how many went well. The others failed with this code. */
export async function countKept(all: readonly Promise<unknown>[], code: ChatErrorCode): Promise<number> {
  const settled = await Promise.allSettled(all);
  const refused = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(refused.map((error) => (error instanceof ChatError ? error.code : error))).toEqual(refused.map(() => code));
  return settled.length - refused.length;
}

export function timeAfter(ms: number): string {
  return new Date(startOfTime + ms).toISOString();
}

export async function addPerson({ users }: Stores, name = word("P")): Promise<User> {
  const user: User = { id: newId<UserId>(), name, kind: "person", createdAt: timeAfter(0) };
  await users.create(user, undefined);
  return user;
}

/** A room that is being written to: it counts the offsets. */
export interface Story {
  readonly room: Room;
  /** The next event, not yet written. */
  next(author: Author, body: EventBody): RoomEvent;
  post(author: Author, text: string, mentions?: readonly UserId[]): RoomEvent;
  joined(member: Author): RoomEvent;
  left(member: Author): RoomEvent;
  run(events: readonly RoomEvent[]): EventRun;
  write(...events: readonly RoomEvent[]): Promise<void>;
}

export async function openStory(
  stores: Stores,
  creator: User,
  members: readonly Author[],
  fields: Partial<NewRoom> = {},
): Promise<Story> {
  const name = word("Room ");
  const { room } = await stores.rooms.create({
    id: newId<RoomId>(),
    slug: word("room-"),
    name,
    visibility: "public",
    createdBy: creator.id,
    createdAt: timeAfter(0),
    epoch: word("e"),
    ...fields,
  });
  const story = tell(stores, room);
  if (members.length > 0) await story.write(...members.map((member) => story.joined(member)));
  return story;
}

/** Two people in a room, and what the first said there. */
export interface Talk {
  readonly stores: Stores;
  readonly ada: User;
  readonly bob: User;
  readonly story: Story;
  readonly posted: RoomEvent;
}

/** @param names whether the message names the second */
export async function openTalk(open: OpenStores, names = false): Promise<Talk> {
  const stores = await open();
  const [ada, bob] = [await addPerson(stores), await addPerson(stores)];
  const story = await openStory(stores, ada, [ada, bob]);
  const posted = story.post(ada, "first", names ? [bob.id] : []);
  await story.write(posted);
  return { stores, ada, bob, story, posted };
}

export async function openDirect(stores: Stores, one: User, other: User): Promise<Story> {
  return await openStory(stores, one, one.id === other.id ? [one] : [one, other], {
    visibility: "direct",
    directKey: directKeyOf([one.id, other.id]),
  });
}

export function tell(stores: Stores, room: Room): Story {
  let offset = room.offset;
  const story: Story = {
    room,
    next(author, body) {
      offset++;
      const { id, name } = author;
      return {
        id: newId<EventId>(),
        room: room.id,
        author: { id, name },
        at: timeAfter(offset * 1_001),
        offset,
        ...body,
      };
    },
    post: (author, text, mentions = []) => story.next(author, { type: "message.posted", text, mentions }),
    joined: (member) => story.next(member, { type: "member.joined", member: { id: member.id, name: member.name } }),
    left: (member) => story.next(member, { type: "member.left", member: { id: member.id, name: member.name } }),
    run: (events) => ({ room: room.id, epoch: room.epoch, events }),
    write: async (...events) => await stores.events.write([story.run(events)]),
  };
  return story;
}

/** Reads every page, and checks that none is longer than asked for. */
export async function allPages<T>(read: (query: PageQuery) => Promise<Page<T>>, query: PageQuery): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? query : { ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

export async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a refusal, but it went through.");
}

export async function expectCode(work: Promise<unknown>, code: ChatErrorCode): Promise<ChatError> {
  const error = await refusal(work);
  expect(error).toBeInstanceOf(ChatError);
  expect((error as ChatError).code).toBe(code);
  return error as ChatError;
}
