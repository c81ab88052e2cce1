/**
 * People who are here by programs. Their rooms are followed, so that mentions are heard of whatever the programs subscribed
 * to; once per person, not per connection. And the rooms are told who comes and goes.
 */
import { whileUnavailable } from "#domain/back-off.ts";
import { unlessUnavailable } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { FollowedRoom } from "../feed.ts";
import type { Hub } from "../hub.ts";
import { errorFields, type Log } from "../log.ts";
import type { PersonLimits } from "../person-limits.ts";
import { tellPresence } from "../tell-presence.ts";

/** A program that comes back at once was not away. */
const awayAfterMs = 6_000;

export interface People {
  /** @param tooMany called when the person has more connections than they may */
  enter(user: UserId, client: string, tooMany: () => void): void;
  /** @param lingers false when the gateway stops: nobody comes back to it */
  leave(user: UserId, client: string, lingers: boolean): void;
  joined(user: UserId, room: RoomId): void;
  left(user: UserId, room: RoomId): void;
}

interface Person {
  connections: number;
  readonly rooms: Map<RoomId, FollowedRoom>;
  /** That each of their rooms is followed, or will be: begun by the first connection, and again by the next one where it failed. */
  following?: Promise<void> | undefined;
  /** Aborted when the last connection is gone. */
  readonly gone: AbortController;
}

export function createPeople(
  ports: Pick<Ports, "rooms" | "directs" | "presence" | "signals">,
  hub: () => Hub,
  limits: Pick<PersonLimits, "haveTooMany">,
  log: Log,
): People {
  const people = new Map<UserId, Person>();

  const enter = async (user: UserId, client: string, tooMany: () => void) => {
    const person: Person = people.get(user) ?? { connections: 0, rooms: new Map(), gone: new AbortController() };
    people.set(user, person);
    person.connections += 1;
    // Where that is away, the next heartbeat enters.
    const wasAway = await unlessUnavailable(ports.presence.enter(user, client));
    if (wasAway !== true && (await limits.haveTooMany(user))) return tooMany();
    person.following ??= followAll(user, person);
    await person.following;
    if (wasAway) await tellPresence(ports, user, [...person.rooms.keys()], true);
  };

  const followAll = async (user: UserId, person: Person) => {
    const onRetry = (error: unknown) => log.warn("rooms of a program wait", { user, ...errorFields(error) });
    try {
      await whileUnavailable(
        async () => {
          const rooms = await ports.rooms.roomIdsOf(user);
          await Promise.all(rooms.map((room) => follow(user, person, room)));
        },
        { stop: person.gone.signal, onRetry },
      );
    } catch (error) {
      person.following = undefined;
      throw error;
    }
  };

  const leave = async (user: UserId, client: string, lingers: boolean) => {
    const person = people.get(user);
    const rooms = [...(person?.rooms.keys() ?? [])];
    if (person !== undefined) {
      person.connections -= 1;
      if (person.connections === 0) {
        people.delete(user);
        person.gone.abort();
        for (const followed of person.rooms.values()) followed.release();
        person.rooms.clear();
      }
    }
    if (lingers) await Bun.sleep(awayAfterMs);
    if (await ports.presence.leave(user, client)) await tellPresence(ports, user, rooms, false);
  };

  const follow = async (user: UserId, person: Person, room: RoomId) => {
    if (person.rooms.has(room)) return;
    const followed = await hub().follow(room);
    if (people.get(user) === person && !person.rooms.has(room)) person.rooms.set(room, followed);
    else followed.release();
  };

  const noted = (what: string, user: UserId, work: Promise<void>) =>
    void work.catch((error) => log.warn(what, { user, ...errorFields(error) }));

  return {
    enter: (user, client, tooMany) => noted("rooms of a program not followed", user, enter(user, client, tooMany)),
    leave: (user, client, lingers) => noted("presence not updated", user, leave(user, client, lingers)),
    joined(user, room) {
      const person = people.get(user);
      if (person !== undefined) noted("room not followed", user, follow(user, person, room));
    },
    left(user, room) {
      const person = people.get(user);
      person?.rooms.get(room)?.release();
      person?.rooms.delete(room);
    },
  };
}
