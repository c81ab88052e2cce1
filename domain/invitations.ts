/** Consent to being in a room: a member asks, the invited person answers. Until then they are told the room's name and who asks. */
import { memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { addMember, type MembershipPorts } from "./membership.ts";
import { refuseStrayBot } from "./own-bots.ts";
import type { Invitation, MessageRequest, Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import type { Room } from "./room.ts";
import { timeNow } from "./time-now.ts";
import type { Author, User } from "./user.ts";

/** How long an invitation stands. */
export const invitationMs = 30 * 86_400_000;
/** After one was declined, another to the same room does nothing for this long. */
export const declinedMs = 7 * 86_400_000;
/** Of one inviter: those that stand, and those declined lately, so that declining tells nobody. */
export const maxOpenInvitations = 20;
/** Of one inviter by one person within declinedMs: what else the inviter asks them then does nothing, whichever room it is for. */
export const maxDeclined = 3;
/** To one person: a further one takes the place of the oldest. */
export const maxInvitationsWaiting = 200;

/** The operator decides whether a member adds people at once, or asks them. */
export type AddPeople = "ask" | "at-once";

export interface Invited {
  readonly room: Room;
  /** False: the person is in the room, now or before. */
  readonly invited: boolean;
}

/** A member asks somebody in, or adds them where that needs no consent. Inviting a member changes nothing. */
export async function inviteMember(
  ports: MembershipPorts,
  inviter: Author,
  ref: string,
  guestId: UserId,
  addPeople: AddPeople,
): Promise<Invited> {
  const { room } = await memberAccess(ports, inviter, ref);
  if (room.visibility === "direct") {
    throw new ChatError("forbidden", "A direct conversation stays between its people; make a room instead.");
  }
  const guest = await ports.users.byId(guestId);
  if (guest === undefined) throw new ChatError("not-found", "There is no such person.", { field: "name" });
  if ((await ports.rooms.membersAmong(room.id, [guest.id])).has(guest.id)) return { room, invited: false };
  await spend(ports, rateLimits.membershipsPerPerson, inviter.id);
  if (addPeople === "at-once" || (await isAtCall(ports, guest, inviter))) {
    await addMember(ports, room, guest, inviter);
    return { room, invited: false };
  }
  await refuseStrayBot(ports, room, guest);
  const at = timeNow(ports);
  const isNews = await ports.invitations.invite({ room: room.id, to: guest.id, by: inviter.id, at });
  if (isNews) await ports.signals.toUser(guest.id, { type: "waiting" });
  return { room, invited: true };
}

/** What a member may do for somebody who is not in the room; undefined: nothing. inviteMember decides, this is what a page offers. */
export function waysIn(room: Room, guest: User, inviter: Author, addPeople: AddPeople): AddPeople | undefined {
  if (room.visibility === "direct") return undefined;
  if (guest.kind === "bot" && (guest.owner === undefined || guest.owner === inviter.id)) return "at-once";
  return guest.kind === "bot" && room.visibility !== "public" ? undefined : addPeople;
}

/** Bots go where their owner, or a bot of the same owner, brings them; the operator's go with everybody. */
async function isAtCall({ users }: Pick<Ports, "users">, guest: User, inviter: Author): Promise<boolean> {
  if (guest.kind !== "bot") return false;
  if (guest.owner === undefined || guest.owner === inviter.id) return true;
  return (await users.byId(inviter.id))?.owner === guest.owner;
}

/** The same for every store, which holds the limit however many come at once. */
export function tooManyInvitations(): ChatError {
  return new ChatError(
    "forbidden",
    `You have ${maxOpenInvitations} invitations that nobody has accepted yet. Wait for some of them before you invite more people.`,
  );
}

/** All that waits for somebody's answer, each kind newest first. */
export async function waitingFor(
  ports: Pick<Ports, "invitations" | "directs" | "clock">,
  person: UserId,
): Promise<{ readonly invitations: readonly Invitation[]; readonly requests: readonly MessageRequest[] }> {
  const [invitations, requests] = await Promise.all([
    ports.invitations.listFor(person, timeNow(ports)),
    ports.directs.requestsTo(person),
  ]);
  return { invitations, requests };
}
