/** The scenarios by name: what each shows, its settings with their defaults, and whether a server with rate limits allows it. */

export interface ScenarioFacts {
  readonly shows: string;
  /** Every setting it takes, with its default. */
  readonly settings: Readonly<Partial<Record<SettingName, number>>>;
  /** It goes beyond what one person may do: the server must run with LIMITS=off. */
  readonly beyondLimits?: true;
}

/** Each is also an environment variable: `--ack-p95` is ACK_P95. */
export const settings = {
  people: "people, each with an account of their own",
  rooms: "rooms",
  seconds: "how long they talk",
  think: "seconds between two messages of one person, on average",
  sockets: "sockets of each person",
  rounds: "how often it happens",
  away: "seconds that everybody stays away",
  inflight: "messages of one sender on their way at the same time",
  readers: "sockets that read along in each room",
  slow: "readers that stop reading",
  stall: "seconds for which they don't read",
  rate: "messages a second, of all together",
  bytes: "size of a message",
  settle: "seconds after the end within which everything acked can be read, and everything readable has arrived",
  questions: "questions of each person, one after the other",
  "ack-p95": "limit in milliseconds: from sending to the ack, for 95 of 100 messages",
  "delivery-p95": "the same, from sending to a reader",
  "resume-p95": "the same, from coming back until everything missed is there",
  "first-p95": "the same, from a question to the first words of its answer",
} as const;
export type SettingName = keyof typeof settings;

const settle = 60;

export const catalogue = {
  chat: {
    shows: "people in rooms who read, think and write: what an ordinary evening feels like",
    settings: { people: 10, rooms: 3, seconds: 30, think: 4, "ack-p95": 500, "delivery-p95": 500, settle },
  },
  spike: {
    shows: "a crowd that comes all at once into a room where few were talking, talks, and falls silent",
    settings: { people: 20, seconds: 30, think: 2, "ack-p95": 1_000, "delivery-p95": 1_000, settle },
  },
  soak: {
    shows: "hours of chat with people who come and go: whether the end is as quick as the beginning",
    settings: { people: 8, rooms: 2, seconds: 600, think: 6, "ack-p95": 500, "delivery-p95": 500, settle },
  },
  "reconnect-storm": {
    shows: "all sockets closed at once, while others go on talking, and everybody back at the same moment",
    settings: {
      ...{ people: 10, sockets: 5, rounds: 3, away: 2, think: 1 },
      ...{ "ack-p95": 2_000, "delivery-p95": 2_000, "resume-p95": 5_000, settle },
    },
  },
  "writer-pressure": {
    shows: "many who send as fast as acks allow: how many messages a second become durable, and how soon they are read",
    settings: {
      people: 16,
      rooms: 4,
      readers: 1,
      inflight: 8,
      seconds: 15,
      "ack-p95": 2_000,
      "delivery-p95": 4_000,
      settle,
    },
    beyondLimits: true,
  },
  "slow-readers": {
    shows: "readers that stop reading are sent away and come back without loss, and nobody else feels it",
    settings: {
      people: 3,
      slow: 3,
      rate: 60,
      bytes: 16_000,
      seconds: 20,
      stall: 16,
      "ack-p95": 2_000,
      "delivery-p95": 2_000,
      settle,
    },
    beyondLimits: true,
  },
  bot: {
    shows: "questions to @superchat: when the first words of an answer are there, and when its end",
    settings: { people: 2, questions: 2, seconds: 240, "first-p95": 90_000, settle },
  },
} as const satisfies Readonly<Record<string, ScenarioFacts>>;
export type ScenarioName = keyof typeof catalogue;

export function factsOf(name: ScenarioName): ScenarioFacts {
  return catalogue[name];
}

export const variableOf = (setting: string) => setting.toUpperCase().replaceAll("-", "_");

export type SettingsOf<Name extends ScenarioName> = {
  readonly [Key in keyof (typeof catalogue)[Name]["settings"]]: number;
};

/** @throws Error with a sentence */
export function readSettings<Name extends ScenarioName>(
  name: Name,
  env: Readonly<Partial<Record<string, string>>>,
): SettingsOf<Name> {
  const read = Object.entries(factsOf(name).settings).map(([setting, byDefault]) => {
    const raw = env[variableOf(setting)];
    const value = raw === undefined || raw === "" ? byDefault : Number(raw);
    const isWhole = Number.isInteger(value) || fractions.has(setting);
    if (!(value > 0 && value <= mostOfAnything && isWhole))
      throw new Error(`${variableOf(setting)} is a number above 0, like ${byDefault}.`);
    return [setting, value];
  });
  return Object.fromEntries(read);
}

/** What is no count may lie between two whole numbers. */
const fractions: ReadonlySet<string> = new Set<SettingName>(["seconds", "think", "away", "stall", "rate", "settle"]);

/** Ten days in milliseconds: what is larger was mistyped. */
const mostOfAnything = 864_000_000;
