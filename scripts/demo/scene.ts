/** Turns a scene into what people say: parts get people, words get chosen, and everybody writes in their own way. */
import type { Chance } from "./chance.ts";
import { cast, type DemoPerson } from "./people.ts";
import type { Scene, Topic } from "./topic.ts";

export interface Said {
  readonly person: DemoPerson;
  readonly text: string;
  /** Goes on at once after what the same person just said. */
  readonly burst: boolean;
  /** What was said before in the scene and is answered by this. */
  readonly answers?: Said;
}

const linePattern = /^([a-d])([:>]) ([\s\S]+)$/;
/** What is laid out stays as it is. */
const laidOut = /[\n`|]|https?:/;
const cheerfulness = 0.45;
const emojiShare = 0.35;
/** How often an answer names whom it answers, beside where the scene says so. */
const namingShare = 0.12;
/** How often an answer is a reply to what somebody else just said, beside where the scene says so. */
const replyShare = 0.08;

export function playScene(chance: Chance, topic: Topic, scene: Scene, people: readonly DemoPerson[]): readonly Said[] {
  const actors = cast(chance, people, 4);
  const actorOf = (letter: string) => actors["abcd".indexOf(letter) % actors.length] as DemoPerson;
  const chosen = chooseWords(chance, topic.words);
  const said: Said[] = [];
  let before: Said | undefined;
  for (const line of scene) {
    const [, letter = "", kind, written = ""] = linePattern.exec(line) ?? [];
    const filled = chance
      .pick(written.includes("```") ? [written] : written.split(" || "))
      .replace(/\{(\d+)-(\d+)\}/g, (_, least, most) => String(chance.between(Number(least), Number(most))))
      .replace(/\{([a-d])\}/g, (_, other) => actorOf(other).name)
      .replace(/\{(\w+)\}/g, (_, word) => chosen(word))
      .replace(/@([a-d])\b/g, (_, other) => `@${actorOf(other).name}`);
    const person = actorOf(letter);
    const text = addressed(chance, capitalized(filled), said.at(-1)?.person, person);
    const isReply = kind === ">" || (before?.person !== person && chance.happens(replyShare));
    const [first = "", ...more] = inTheirWay(chance, person, text, topic.emoji);
    const opening: Said = { person, text: first, burst: false, ...(isReply && before && { answers: before }) };
    said.push(opening, ...more.map((part) => ({ person, text: part, burst: true })));
    before = opening;
  }
  return said;
}

function addressed(chance: Chance, text: string, before: DemoPerson | undefined, person: DemoPerson): string {
  if (!chance.happens(namingShare) || before === undefined || before === person) return text;
  return text.includes("@") || laidOut.test(text) ? text : `@${before.name} ${lowered(text)}`;
}

/** The same word means the same thing throughout a scene. */
function chooseWords(chance: Chance, words: Topic["words"]): (word: string) => string {
  const orders = new Map(Object.entries(words).map(([word, list]) => [word, chance.shuffled(list)]));
  return (asked) => {
    const [, word = "", nth = "1"] = /^([a-z]+)(\d?)$/.exec(asked) ?? [];
    const found = orders.get(word)?.[Number(nth || 1) - 1];
    if (found === undefined) throw new Error(`A scene asks for {${asked}}, which its topic does not have.`);
    return found;
  };
}

function inTheirWay(chance: Chance, person: DemoPerson, text: string, emoji: readonly string[]): readonly string[] {
  if (laidOut.test(text)) return [text];
  switch (person.temper) {
    case "brief":
      return [lowered(text).replace(/\.$/, "")];
    case "cheerful": {
      const louder = chance.happens(cheerfulness) ? text.replace(/\.$/, "!") : text;
      return [
        /\p{Extended_Pictographic}/u.test(text) || !chance.happens(emojiShare)
          ? louder
          : `${louder} ${chance.pick(emoji)}`,
      ];
    }
    case "in-bursts":
      return sentences(text);
    default:
      return [text];
  }
}

function sentences(text: string): readonly string[] {
  return text.split(/(?<=[.!?]) (?=\p{Lu})/u);
}

/** Not of "I", of names, or of what is shouted. */
function lowered(text: string): string {
  return /^(I\b|I'|\p{Lu}{2}|@)/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** A line may begin with one of the topic's words. */
function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
