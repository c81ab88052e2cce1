/**
 * Consent to direct rooms. Who shares a room with somebody, the lobby apart, or was answered by them, just writes. A stranger's first
 * messages are a request. Answering, or accepting, makes it a conversation like any other.
 */
import { ChatError } from "./errors.ts";
import type { EventId, UserId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import { type DirectRequest, isRequestFrom, isRequestTo, lobbySlug, type Room } from "./room.ts";
import { untilTrue } from "./until-true.ts";
import type { Author, User } from "./user.ts";

/** Messages that a request may have before it is accepted. */
export const maxRequestMessages = 3;
/** Requests of one person that nobody accepted, made in this time. */
export const maxOpenRequests = 20;
export const openRequestsMs = 7 * 86_400_000;
/** Conversations that people one knows began and one has not answered, in one's list: more come as requests. */
export const maxUnansweredListed = 20;
/** Requests that wait for one person. Until they answer or decline some, strangers can send no further ones. */
export const maxRequestsWaiting = 200;
/** How long a message may take to be stored for its receiver to be told that a request waits. */
export const tellWithinMs = 10_000;

/** What a direct room begins as; undefined: as a conversation that needs no consent. */
export async function requestBetween(
  ports: Pick<Ports, "directs">,
  from: User,
  to: User,
): Promise<DirectRequest | undefined> {
  // Bots are there to be talked to, the operator's speak for the server, and one's own do what one says.
  if (to.kind === "bot" || (from.kind === "bot" && (from.owner === undefined || from.owner === to.id)))
    return undefined;
  const known = await ports.directs.shareRoom(from.id, to.id, lobbySlug);
  return { to: to.id, state: known ? "unanswered" : "requested" };
}

/**
 * Before a message is sent to a direct room: an answer is consent, and a request may have only so many.
 * @returns how to take that back when the message could not be sent, or was sent before. @throws ChatError forbidden
 */
export async function admitToRequest(
  ports: Pick<Ports, "directs" | "signals">,
  room: Room,
  author: Author,
): Promise<() => Promise<void>> {
  if (room.request?.to === author.id) await acceptRequest(ports, room, author.id);
  if (!isRequestFrom(room, author.id)) return async () => undefined;
  if (!(await ports.directs.countMessage(room.id, maxRequestMessages))) {
    throw new ChatError(
      "forbidden",
      `They have not accepted your message request yet. Until they do, it can have ${maxRequestMessages} messages.`,
    );
  }
  return async () => await ports.directs.uncountMessage(room.id);
}

/** Once it can be counted, and for no one to wait for: lost, it shows with the next page. One that was declined says nothing more. */
export async function tellOfRequest(
  ports: Pick<Ports, "events" | "signals">,
  { request }: Pick<Room, "request">,
  message: EventId,
): Promise<void> {
  if (request?.state !== "requested") return;
  const isStored = async () => (await ports.events.find(message)) !== undefined;
  if (await untilTrue(isStored, tellWithinMs)) await ports.signals.toUser(request.to, { type: "waiting" });
}

export async function acceptRequest(
  ports: Pick<Ports, "directs" | "signals">,
  room: Room,
  person: UserId,
): Promise<void> {
  const changed = await ports.directs.answer(room.id, person, true);
  if (changed && isRequestTo(room, person)) {
    await ports.signals.toUser(person, { type: "rooms", room: room.id, member: true });
    await ports.signals.toUser(room.createdBy, { type: "waiting", accepted: room.id });
  }
}

/** Tells nobody. */
export async function declineRequest(
  ports: Pick<Ports, "directs" | "signals">,
  room: Room,
  person: UserId,
): Promise<void> {
  await ports.directs.answer(room.id, person, false);
  await ports.signals.toUser(person, { type: "waiting" });
}

/** All that wait for this person's answer. Tells nobody. */
export async function declineAllRequests(ports: Pick<Ports, "directs" | "signals">, person: UserId): Promise<void> {
  await ports.directs.declineAll(person);
  await ports.signals.toUser(person, { type: "waiting" });
}

/** The same for every store, which holds the limit however many come at once. */
export function tooManyRequests(): ChatError {
  return new ChatError(
    "forbidden",
    `You have ${maxOpenRequests} message requests that nobody has accepted yet. Wait for an answer, or meet people in a room.`,
  );
}

/** The same for every store. */
export function takesNoRequests(): ChatError {
  return new ChatError("forbidden", "This person isn't accepting message requests right now.");
}
