/**
 * People who are here by programs. Their rooms are followed, so that mentions are heard of whatever the programs subscribed
 * to; once per person, not per connection. And the rooms are told who comes and goes.
 */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { FollowedRoom, Hub } from "../hub.ts";
import { errorFields, type Log } from "../log.ts";
import type { PersonLimits } from "../person-limits.ts";

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
}

export function createPeople(
  ports: Pick<Ports, "rooms" | "presence" | "signals">,
  hub: () => Hub,
  limits: Pick<PersonLimits, "haveTooMany">,
  log: Log,
): People {
  const people = new Map<UserId, Person>();

  const enter = async (user: UserId, client: string, tooMany: () => void) => {
    const before = people.get(user);
    const person = before ?? { connections: 0, rooms: new Map() };
    people.set(user, person);
    person.connections += 1;
    const wasAway = await ports.presence.enter(user, client);
    if (!wasAway && (await limits.haveTooMany(user))) return tooMany();
    if (before !== undefined && !wasAway) return;
    const rooms = await ports.rooms.roomIdsOf(user);
    await Promise.all(rooms.map((room) => follow(user, person, room)));
    if (wasAway) await tell(user, rooms, true);
  };

  const leave = async (user: UserId, client: string, lingers: boolean) => {
    const person = people.get(user);
    const rooms = [...(person?.rooms.keys() ?? [])];
    if (person !== undefined) {
      person.connections -= 1;
      if (person.connections === 0) {
        people.delete(user);
        for (const followed of person.rooms.values()) followed.release();
        person.rooms.clear();
      }
    }
    if (lingers) await Bun.sleep(awayAfterMs);
    if (await ports.presence.leave(user, client)) await tell(user, rooms, false);
  };

  const follow = async (user: UserId, person: Person, room: RoomId) => {
    if (person.rooms.has(room)) return;
    const followed = await hub().follow(room);
    if (people.get(user) === person && !person.rooms.has(room)) person.rooms.set(room, followed);
    else followed.release();
  };

  const tell = async (user: UserId, rooms: readonly RoomId[], online: boolean) => {
    await Promise.all(rooms.map((room) => ports.signals.toRoom(room, { type: "presence", user, online })));
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
