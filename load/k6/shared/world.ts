/**
 * What a scenario finds when it begins: people who are signed in and rooms that they are members of. The same people and rooms
 * each time, so that a server isn't filled up by running scenarios.
 */
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { bearer, json, type SignedIn, server, signedIn } from "./account.ts";
import { factsOf, type ScenarioName } from "./catalogue.ts";

export interface World {
  readonly people: readonly SignedIn[];
  readonly rooms: readonly string[];
  /** Everybody begins at this moment, or a little later, each at one of their own. */
  readonly startsAtMs: number;
}

interface Wish {
  readonly scenario: ScenarioName;
  readonly people: number;
  readonly rooms: number;
  /** The numbers of this person's rooms, from 0. Default: all. */
  readonly roomsOf?: (person: number) => readonly number[];
}

/** Known to everybody who reads this: run scenarios where that does no harm. */
const password = "load, not a secret";
/** Sign-ins, joins: requests on their way at once. */
const atOnce = 10;
/** From the end of the preparations to the beginning. */
const warmUpMs = 1_500;
export const preparationLimit = "5m";

type Answer = RefinedResponse<"text">;

export function moveIn({ scenario, people: count, rooms: roomCount, roomsOf }: Wish): World {
  const people = signInAll(Array.from({ length: count }, (_, n) => `load-${n + 1}`));
  const [maker] = people;
  if (maker === undefined) return stop("A scenario needs at least one person.");
  const rooms = Array.from({ length: roomCount }, (_, n) => openRoom(`load ${scenario} ${n + 1}`, maker, scenario));
  const joins = people.flatMap(({ accessToken }, person) =>
    // The first person opens every room.
    (person === 0 || roomsOf === undefined ? rooms.map((_, n) => n) : roomsOf(person)).map((n) => ({
      method: "PUT" as const,
      url: `${server}/api/v1/rooms/${rooms[n]}/members/me`,
      params: bearer(accessToken),
    })),
  );
  for (const answer of inTurns(joins)) if (answer.status !== 200) refuse("join a room", answer);
  // A Redis that is emptied between two runs begins a room's stream anew with the first event: let that be before anybody listens.
  for (const room of rooms) {
    const said = http.post(
      `${server}/api/v1/rooms/${room}/messages`,
      ...json({ text: "Here we go." }, maker.accessToken),
    );
    if (said.status !== 201) refuse("say something", said as Answer);
  }
  return { people, rooms, startsAtMs: Date.now() + warmUpMs };
}

/** Signs up who is not known yet. */
function signInAll(names: readonly string[]): readonly SignedIn[] {
  const at = (path: string, name: string) => {
    const [body, params] = json({ name, password });
    return { method: "POST" as const, url: `${server}/api/v1${path}`, body, params };
  };
  const first = inTurns(names.map((name) => at("/sessions", name)));
  const unknown = names.filter((_, n) => first[n]?.status === 401);
  const signUps = inTurns(unknown.map((name) => at("/users", name)));
  return names.map((name, n) => {
    const answer = first[n]?.status === 401 ? signUps[unknown.indexOf(name)] : first[n];
    return answer?.status === 201 ? signedIn(name, answer.json()) : refuse(`sign in as ${name}`, answer);
  });
}

function openRoom(name: string, { accessToken }: SignedIn, scenario: ScenarioName): string {
  const slug = name.replaceAll(" ", "-");
  const known = http.get(`${server}/api/v1/rooms/${slug}`, bearer(accessToken));
  if (factsOf(scenario).beyondLimits && known.headers.Ratelimit !== undefined)
    return stop(`${scenario} does more than one person may: start the server with LIMITS=off.`);
  if (known.status === 200) return known.json("room.id") as string;
  const made = http.post(`${server}/api/v1/rooms`, ...json({ name, visibility: "public" }, accessToken));
  return made.status === 201 ? (made.json("room.id") as string) : refuse(`open the room "${name}"`, made as Answer);
}

interface Call {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly body?: string;
  readonly params: { headers: Record<string, string> };
}

function inTurns(calls: readonly Call[]): readonly Answer[] {
  const answers: Answer[] = [];
  for (let from = 0; from < calls.length; from += atOnce)
    answers.push(...(http.batch(calls.slice(from, from + atOnce) as never) as unknown as Answer[]));
  return answers;
}

function refuse(what: string, answer: Answer | undefined): never {
  const why = answer?.body ? String(answer.body) : (answer?.error ?? "no answer");
  if (answer?.status === 429)
    return stop(`The server lets nobody ${what} for now: start it with LIMITS=off, or ask for fewer PEOPLE. ${why}`);
  return stop(`Could not ${what} at ${server}: ${answer?.status ?? 0} ${why}`);
}

function stop(sentence: string): never {
  exec.test.abort(sentence);
  // The line before ends the run.
  throw new Error(sentence);
}
