/** A log that holds many events before anybody reads it: rooms, people, and messages as gateways would have appended them. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { OpenPorts } from "#domain/ports/index.ts";
import type { Author } from "#domain/user.ts";

/** Appends that wait at once: enough to fill every send of the group commit. */
const appendsAtOnce = 4_000;
const peopleCount = 100;
/** Every so many messages one names somebody, and somebody joins a room: their projections cost more. */
const mentionEvery = 10;
const joinEvery = 100;
const textBytes = 300;

export interface Community {
  readonly rooms: readonly RoomId[];
  readonly people: readonly Author[];
}

/** What a process of the cluster works with, for a program that plays one. */
export async function openPorts(env: Readonly<Record<string, string>>): Promise<OpenPorts> {
  return await openCluster(readClusterSettings(env), {
    limits: false,
    clientId: "load",
    role: "tool",
    report: () => undefined,
  });
}

/** Written to the store straight away: a bench needs rooms that are there. */
export async function foundCommunity(ports: OpenPorts, roomCount: number): Promise<Community> {
  const createdAt = new Date().toISOString();
  const people = Array.from({ length: peopleCount }, (_, n) => ({
    id: Bun.randomUUIDv7() as UserId,
    name: `load${n}-${Bun.randomUUIDv7().slice(-8)}`,
  }));
  for (const person of people) await ports.users.create({ ...person, kind: "person", createdAt }, undefined);
  const rooms = Array.from({ length: roomCount }, () => Bun.randomUUIDv7() as RoomId);
  for (const id of rooms) {
    const head = { id, slug: id, name: id, visibility: "public", createdBy: people[0]?.id as UserId } as const;
    await ports.rooms.create({ ...head, createdAt, epoch: await ports.stream.newEpoch(id) });
  }
  return { rooms, people };
}

export function eventsOf({ rooms, people }: Community, count: number): readonly LoggedEvent[] {
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(10).slice(0, textBytes);
  const at = new Date().toISOString();
  return Array.from({ length: count }, (_, n): LoggedEvent => {
    const author = people[n % people.length] as Author;
    const head = { id: Bun.randomUUIDv7() as EventId, room: rooms[n % rooms.length] as RoomId, author, at };
    if (n % joinEvery === joinEvery - 1) {
      const member = people[Math.floor(n / joinEvery) % people.length] as Author;
      return { ...head, type: "member.joined", member };
    }
    const mentions = n % mentionEvery === 0 ? [people[(n + 1) % people.length]?.id as UserId] : [];
    return { ...head, type: "message.posted", text, mentions };
  });
}

/** @param live also gives each its offset and publishes it, as a gateway does after the append */
export async function fillLog(ports: OpenPorts, events: readonly LoggedEvent[], live: boolean): Promise<void> {
  for (let at = 0; at < events.length; at += appendsAtOnce) {
    const part = events.slice(at, at + appendsAtOnce);
    await Promise.all(part.map((event) => ports.log.append(event)));
    if (live) await ports.stream.publish(part);
  }
}
