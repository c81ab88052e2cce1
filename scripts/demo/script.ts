/**
 * Everything that is said, line after line, for ever, and the same for the same seed: conversations in every room, close together in
 * the evening, hardly any at night. Knows nothing of a server.
 */
import { type Chance, createChance } from "./chance.ts";
import { messageId } from "./message-id.ts";
import { type DemoPerson, demoPeople, peopleOfRoom } from "./people.ts";
import { playScene, type Said } from "./scene.ts";
import type { Topic } from "./topic.ts";
import { topics } from "./topics/all-topics.ts";

export interface Line {
  /** The same for the same seed, so that sending it twice is one message. */
  readonly id: string;
  readonly room: string;
  readonly person: string;
  readonly text: string;
  /** The id of the line that it answers. */
  readonly replyTo?: string;
  /** On the community's own clock, in milliseconds since its first morning. */
  readonly atMs: number;
}

export interface DemoRoom {
  readonly topic: Topic;
  /** The first one opens it. */
  readonly people: readonly DemoPerson[];
}

export interface Cast {
  readonly people: readonly DemoPerson[];
  readonly rooms: readonly DemoRoom[];
}

export interface ScriptOptions {
  readonly seed: string;
  readonly people: number;
  /** Besides the lobby. */
  readonly rooms: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The community's clock starts in the morning. */
export const firstHour = 8;
/** How busy each hour is, from midnight on: coffee, lunch, and most of all the evening. */
const busyness = [
  0.15, 0.06, 0.03, 0.02, 0.02, 0.05, 0.2, 0.6, 0.9, 1, 0.9, 0.9, 1.2, 1.1, 0.8, 0.8, 0.9, 1.2, 1.5, 1.8, 2, 1.8, 1.1,
  0.5,
];
/** Between conversations of a room in an hour of busyness 1. The first rooms are the busiest. */
const pauseMs = 35 * minuteMs;
/** Between lines of a conversation; some take their time. */
const answerMs = 40_000;
const longAnswerMs = 12 * minuteMs;
const longAnswerShare = 0.12;
const burstMs = 4_000;
/** Typing takes as long as what is typed. */
const perCharacterMs = 120;

export function demoCast({ seed, people: count, rooms }: ScriptOptions): Cast {
  const people = demoPeople(seed, count);
  return {
    people,
    rooms: topics.slice(0, rooms + 1).map((topic, at) => ({
      topic,
      people: at === 0 ? people : peopleOfRoom(seed, topic.name, people),
    })),
  };
}

export function* demoScript(options: ScriptOptions): Generator<Line, never> {
  const key = `${options.seed}/${options.people}/${options.rooms}`;
  const sources = demoCast(options).rooms.map((room, at) => talkOf(key, room, at));
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    // The room whose next line comes first; in the order of rooms where two come together.
    const at = heads.reduce((best, line, index) => (line.atMs < (heads[best]?.atMs ?? 0) ? index : best), 0);
    const [line, source] = [heads[at], sources[at]];
    if (line === undefined || source === undefined) throw new Error("There is no room to talk in.");
    heads[at] = source.next().value;
    yield line;
  }
}

function* talkOf(key: string, { topic, people }: DemoRoom, at: number): Generator<Line, never> {
  const chance = createChance(`${key}/${topic.name}`);
  let number = 0;
  const line = (person: DemoPerson, text: string, atMs: number): Line => {
    number += 1;
    return { id: messageId(`${key}/${topic.name}/${number}`, atMs), room: topic.name, person: person.name, text, atMs };
  };
  let atMs = at * minuteMs;
  yield line(people[0] as DemoPerson, topic.opening, atMs);
  for (;;) {
    for (const scene of chance.shuffled(topic.scenes)) {
      atMs += pauseOf(chance, atMs, 1 + at / 3);
      const ids = new Map<Said, string>();
      for (const said of playScene(chance, topic, scene, people)) {
        const { person, text, burst, answers } = said;
        atMs += burst ? chance.around(burstMs) : answerOf(chance, text);
        const next = line(person, text, Math.round(atMs));
        ids.set(said, next.id);
        const replyTo = answers && ids.get(answers);
        yield replyTo === undefined ? next : { ...next, replyTo };
      }
    }
  }
}

/** Through the quiet hours as through the busy ones: each takes from the pause what it is worth. */
function pauseOf(chance: Chance, fromMs: number, slower: number): number {
  let left = chance.around(pauseMs * slower);
  for (let now = fromMs; ; ) {
    const hour = Math.floor(now / hourMs);
    const worth = busyness[(hour + firstHour) % 24] ?? 1;
    const restMs = (hour + 1) * hourMs - now;
    if (left <= restMs * worth) return now + left / worth - fromMs;
    left -= restMs * worth;
    now = (hour + 1) * hourMs;
  }
}

function answerOf(chance: Chance, text: string): number {
  const thinkMs = chance.around(chance.happens(longAnswerShare) ? longAnswerMs : answerMs);
  return thinkMs + text.length * perCharacterMs;
}
