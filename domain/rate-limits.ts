/** Every rate limit of the product by name, and how it is spent. LIMITS=off opens a limiter that allows all. */
import { ChatError } from "./errors.ts";
import type { Ports, RateLimit, Taken } from "./ports/index.ts";

const minute = 60_000;
const hour = 60 * minute;

export const rateLimits = {
  /** Of a name from all places that it is not known to have signed in from. */
  signInPerName: {
    name: "sign-in/name",
    burst: 100,
    perMs: hour,
    because: "Too many sign-in attempts for this name. Sign in where you have done so before.",
  },
  signInPerNameAndAddress: {
    name: "sign-in/name-address",
    burst: 10,
    perMs: 10 * minute,
    because: "Too many sign-in attempts for this name from your network.",
  },
  signInPerBrowser: {
    name: "sign-in/browser",
    burst: 10,
    perMs: 10 * minute,
    because: "Too many sign-in attempts for this name from this browser.",
  },
  /** Tries with the right password don't count. */
  signInPerAddress: {
    name: "sign-in/address",
    burst: 60,
    perMs: 10 * minute,
    because: "Too many sign-in attempts with a wrong password from your network.",
  },
  /** A school signs up at once; whoever makes accounts by the hundred waits for each. */
  signUpPerAddress: {
    name: "sign-up/address",
    burst: 120,
    perMs: hour,
    because: "Many accounts were made from your network just now.",
  },
  refreshPerSession: { name: "refresh/session", burst: 60, perMs: 10 * minute },
  /** Of tokens that are not ours. */
  refreshPerAddress: { name: "refresh/address", burst: 300, perMs: 10 * minute },
  messagesPerPerson: { name: "message/person", burst: 60, perMs: minute },
  /** Of a person in a room: pages show for five seconds who is typing, and say so every three. */
  typingPerRoom: { name: "typing/room", burst: 1, perMs: 2_500 },
  /** Pages and parts of pages, of a person and of an address that is not signed in. */
  pagesPerPerson: { name: "page/person", burst: 600, perMs: minute },
  pagesPerAddress: { name: "page/address", burst: 1_200, perMs: minute },
  /** Of names, people's and rooms', completion included: as fast as somebody types, without end, and a minute of that at once. */
  searchesPerPerson: {
    name: "search/person",
    burst: 300,
    perMs: minute,
    because: "You have searched very often just now.",
  },
  /** A page marks at most once a second. */
  readMarksPerPerson: { name: "read-mark/person", burst: 300, perMs: minute },
  /** Sockets that open: somebody with a hundred of them may lose them all, and again. */
  connectionsPerPerson: { name: "connection/person", burst: 300, perMs: minute },
  reactionsPerPerson: { name: "reaction/person", burst: 60, perMs: minute },
  questionsPerPerson: { name: "question/person", burst: 10, perMs: minute },
  roomsPerPerson: { name: "room/person", burst: 30, perMs: hour },
  directRoomsPerPerson: { name: "direct/person", burst: 30, perMs: hour },
  /** Over all of their sign-ins and tokens: five that are as busy as each may be. */
  requestsPerPerson: {
    name: "request/person",
    burst: 3_000,
    perMs: minute,
    because: "You have called the API very often just now, with all your sign-ins and tokens together.",
  },
  requestsPerToken: { name: "request/token", burst: 600, perMs: minute },
  tokensPerPerson: { name: "token/person", burst: 30, perMs: hour },
  botsPerPerson: { name: "bot/person", burst: 10, perMs: hour },
  messagesPerHook: { name: "message/hook", burst: 60, perMs: minute },
  hooksPerPerson: { name: "hook/person", burst: 60, perMs: hour },
  membershipsPerPerson: { name: "membership/person", burst: 120, perMs: 10 * minute },
} as const satisfies Record<string, RateLimit>;

/** @throws ChatError rate-limited, with when to try again */
export async function spend(ports: Pick<Ports, "limiter">, limit: RateLimit, key: string): Promise<void> {
  refuseUnlessAllowed(limit, await ports.limiter.take(limit, key));
}

/** The same for who has taken already, because they also tell what is left. */
export function refuseUnlessAllowed(limit: RateLimit, taken: Taken): void {
  const { allowed, retryAfterMs } = taken;
  if (allowed) return;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const sentence = `${limit.because ?? "You're going too fast."} Try again in ${inWords(seconds)}.`;
  throw new ChatError("rate-limited", sentence, { retryAfterMs, limit: { limit, taken } });
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
