/** What `npm run demo` was asked for: words to settings, or a sentence that says what is wrong with them. */
import { parseArgs } from "node:util";
import { mostPeople } from "./people.ts";
import { topics } from "./topics/all-topics.ts";

const leastPeople = 4;
const mostRooms = topics.length - 1;
const mostMessages = 1_000_000;
const mostRate = 60_000;
const leastPasswordLength = 8;

export const help = `Usage: npm run demo -- URL [--messages N] [--rate N] [--people N] [--rooms N] [--seed WORD] [--password WORDS]

Fills a running server with a community, through its public API alone: people with tempers of their own, rooms with topics, and
conversations with answers, mentions, code, lists, links, bursts and quiet hours.

  URL         of the server, like http://localhost:8080
  --messages  said at once, as fast as the server allows (default: 400, or none with --rate)
  --rate      afterwards they go on by themselves, so many messages a minute in the long run; a day of theirs then passes in a
              few minutes or hours, with its lunch breaks, evenings and nights
  --people    ${leastPeople} to ${mostPeople} (default: 24; a server takes 30 new ones an hour from one address, unless LIMITS=off)
  --rooms     besides the lobby, up to ${mostRooms} (default: ${mostRooms})
  --seed      another one is another community (default: 1)
  --password  of all of them (default: "a demo, not a secret"): whoever knows it can sign in as them

The same seed with as many people and rooms says the same, once: a run that was interrupted goes on where it ended. Where the
server asks to wait, it waits.`;

export interface DemoWish {
  readonly type: "demo";
  readonly url: string;
  readonly messages: number;
  /** Messages a minute; undefined: it ends after the first ones. */
  readonly rate: number | undefined;
  readonly people: number;
  readonly rooms: number;
  readonly seed: string;
  readonly password: string;
}

export type Wish = { readonly type: "help" } | DemoWish;

/** @throws Error with a sentence */
export function readArguments(words: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      messages: { type: "string" },
      rate: { type: "string" },
      people: { type: "string", default: "24" },
      rooms: { type: "string", default: String(mostRooms) },
      seed: { type: "string", default: "1" },
      password: { type: "string", default: "a demo, not a secret" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return { type: "help" };
  const [url = "", ...more] = positionals;
  if (more.length > 0 || !/^https?:\/\/[^/]+\/?$/.test(url))
    throw new Error("Give the address of one server, like http://localhost:8080.");
  if (values.password.length < leastPasswordLength)
    throw new Error(`--password has at least ${leastPasswordLength} characters.`);
  const rate = values.rate === undefined ? undefined : wholeNumber("rate", values.rate, 1, mostRate);
  return {
    type: "demo",
    url: url.replace(/\/$/, ""),
    messages: wholeNumber("messages", values.messages ?? (rate === undefined ? "400" : "0"), 0, mostMessages),
    rate,
    people: wholeNumber("people", values.people, leastPeople, mostPeople),
    rooms: wholeNumber("rooms", values.rooms, 0, mostRooms),
    seed: values.seed,
    password: values.password,
  };
}

function wholeNumber(name: string, raw: string, least: number, most: number): number {
  const number = Number(raw);
  if (raw.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`--${name} is a whole number from ${least} to ${most}.`);
}
