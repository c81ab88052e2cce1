/** What programs ask about a room: its history, and who is here. */
import { memberAccess } from "#domain/access-room.ts";
import type { Ports } from "#domain/ports/index.ts";
import { readEventsBefore, readEventsOn } from "#domain/read-history.ts";
import type { Room } from "#domain/room.ts";
import { freshly } from "#domain/standstill.ts";
import type { Author } from "#domain/user.ts";
import { onlineIn } from "../people.ts";
import { roomOf } from "./channels.ts";
import { CommandError, replyErrors } from "./codes.ts";
import type { CommandOf } from "./commands.ts";
import { fitting, historyReply, infoOf, maxSentFrameBytes, publicationJson, resultReply } from "./frames.ts";
import type { Replies } from "./replies.ts";

/** Publications in one answer, also when more or all of them are asked for. */
export const maxHistoryPublications = 200;
/** Who is here is answered for rooms of up to this many members. */
export const maxPresenceMembers = 2_000;
const membersPageSize = 500;

type ReadingPorts = Pick<Ports, "rooms" | "events" | "stream" | "presence">;

export async function history(
  ports: ReadingPorts,
  reader: Author,
  id: number,
  { channel, limit, since, reverse }: CommandOf<"history">,
  replies: Replies,
): Promise<void> {
  const { room } = await memberAccess(ports, reader, roomOf(channel));
  const head = await ports.stream.head(room.id);
  if (since && since.epoch !== "" && since.epoch !== head.epoch) {
    throw new CommandError(replyErrors.unrecoverablePosition);
  }
  const wanted = limit < 0 ? maxHistoryPublications : Math.min(limit, maxHistoryPublications);
  const read = reverse ? readBackwards : readForwards;
  const events = wanted === 0 ? [] : await freshly(() => read(ports, room, since?.offset, wanted));
  replies.add(historyReply(id, head, fitting(events.map(publicationJson), maxSentFrameBytes)));
  // While it waited for the replies to other commands, something of it might be deleted.
  replies.flush();
}

async function readForwards(ports: ReadingPorts, room: Room, after = 0, limit: number) {
  return (await readEventsOn(ports, room, after, limit, maxSentFrameBytes)).events;
}

async function readBackwards(ports: ReadingPorts, room: Room, before: number | undefined, limit: number) {
  return (await readEventsBefore(ports, room, before, limit, maxSentFrameBytes)).toReversed();
}

export async function presence(
  ports: ReadingPorts,
  reader: Author,
  id: number,
  { channel }: CommandOf<"presence">,
  replies: Replies,
): Promise<void> {
  const people = await peopleHere(ports, reader, channel);
  const entries = people.map((person) => [person.id, infoOf(person)] as const);
  replies.add(resultReply(id, "presence", { presence: Object.fromEntries(entries) }));
}

export async function presenceStats(
  ports: ReadingPorts,
  reader: Author,
  id: number,
  { channel }: CommandOf<"presence_stats">,
  replies: Replies,
): Promise<void> {
  const { length } = await peopleHere(ports, reader, channel);
  replies.add(resultReply(id, "presence_stats", { num_clients: length, num_users: length }));
}

/** Members of the room with an open connection, by a page or a program, on any gateway. */
async function peopleHere(ports: ReadingPorts, reader: Author, channel: string): Promise<readonly Author[]> {
  const { room } = await memberAccess(ports, reader, roomOf(channel));
  if (room.memberCount > maxPresenceMembers) throw new CommandError(replyErrors.limitExceeded);
  const here: Author[] = [];
  let cursor: string | undefined;
  do {
    const page = await ports.rooms.members(room.id, { limit: membersPageSize, ...(cursor ? { cursor } : {}) });
    const online = await onlineIn(ports, room, page.items);
    here.push(...page.items.filter((member) => online.has(member.id)));
    cursor = page.next;
  } while (cursor !== undefined);
  return here;
}
