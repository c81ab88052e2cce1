/** Who administers a room says what it is about. */
import { memberAccess } from "./access-room.ts";
import { administers } from "./administers.ts";
import { ChatError } from "./errors.ts";
import { inTurn } from "./in-turn.ts";
import { type MembershipPorts, projectionDeadlineMs } from "./membership.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { recordEvent } from "./record-event.ts";
import { parseTopic, type Room } from "./room.ts";
import { untilTrue } from "./until-true.ts";
import type { Author } from "./user.ts";

export async function changeTopic(ports: MembershipPorts, person: Author, ref: string, raw: string): Promise<Room> {
  const topic = parseTopic(raw);
  const { room } = await memberAccess(ports, person, ref);
  if (room.visibility === "direct") throw new ChatError("forbidden", "A direct conversation has no topic.");
  if (!(await administers(ports, person, room)))
    throw new ChatError("forbidden", "Only the room's administrator can change its topic.");
  if (room.topic === topic) return room;
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  const isDone = async () => (await ports.rooms.access(room.id, person.id))?.room.topic === topic;
  await inTurn(ports, `topic ${room.id}`, isDone, async () => {
    await recordEvent(ports, room.id, person, { type: "room.topic-changed", topic });
    // The next one looks at what this one made of it.
    await untilTrue(isDone, projectionDeadlineMs);
  });
  return room;
}
