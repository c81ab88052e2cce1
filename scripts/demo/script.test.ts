import { describe, expect, test } from "bun:test";
import { readArguments } from "./arguments.ts";
import { createChance } from "./chance.ts";
import { messageId } from "./message-id.ts";
import { demoPeople, mostPeople } from "./people.ts";
import { paceOf } from "./play.ts";
import { playScene } from "./scene.ts";
import { demoCast, demoScript, firstHour, type Line, type ScriptOptions } from "./script.ts";
import { topics } from "./topics/all-topics.ts";

const options: ScriptOptions = { seed: "1", people: 24, rooms: 8 };
const hourMs = 3_600_000;

function linesOf(count: number, own: Partial<ScriptOptions> = {}): readonly Line[] {
  const script = demoScript({ ...options, ...own });
  return Array.from({ length: count }, () => script.next().value);
}
const lines = linesOf(3_000);
const share = (fits: (line: Line) => boolean) => lines.filter(fits).length / lines.length;

describe("the same seed", () => {
  test("says the same, however much of it is asked for", () => {
    expect(linesOf(500)).toEqual(lines.slice(0, 500) as Line[]);
  });

  test("with another number of people or rooms is another community, down to its ids", () => {
    const ids = new Set(lines.map(({ id }) => id));
    for (const own of [{ seed: "2" }, { people: 25 }, { rooms: 7 }])
      expect(linesOf(300, own).filter(({ id }) => ids.has(id))).toEqual([]);
  });

  test("gives the same id for good, so that a later version does not say everything again", () => {
    expect(messageId("1/24/8/lobby/1", 0)).toBe("019b8d2b-8c00-7514-b993-04fed855c747");
  });
});

describe("the lines", () => {
  test("have ids of their own, of version 7", () => {
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    for (const { id } of lines)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("come in the order of their time, and are said by people of the room", () => {
    const members = new Map(
      demoCast(options).rooms.map(({ topic, people }) => [topic.name, new Set(people.map(({ name }) => name))]),
    );
    let before = 0;
    for (const { room, person, atMs } of lines) {
      expect(atMs).toBeGreaterThanOrEqual(before);
      expect(members.get(room)?.has(person)).toBe(true);
      before = atMs;
    }
  });

  test("are as long as what people write: mostly a line, some a word, some a paragraph", () => {
    const lengths = lines.map(({ text }) => text.length).toSorted((a, b) => a - b);
    const at = (part: number) => lengths[Math.floor(part * lengths.length)] ?? 0;
    expect(at(0.05)).toBeLessThan(20);
    expect(at(0.5)).toBeWithin(30, 80);
    expect(at(0.97)).toBeGreaterThan(110);
    expect(lengths.at(-1)).toBeWithin(150, 1_000);
  });

  test("mention, reply, show code, link and lay out lists", () => {
    expect(share(({ text }) => /@\w/.test(text))).toBeWithin(0.12, 0.35);
    expect(share(({ replyTo }) => replyTo !== undefined)).toBeWithin(0.03, 0.15);
    for (const mark of ["```", "https://", "\n- ", "\n1. ", "\n|", "**"])
      expect(share(({ text }) => text.includes(mark))).toBeWithin(0.001, 0.1);
    expect(share(({ text }) => /\p{Extended_Pictographic}/u.test(text))).toBeWithin(0.03, 0.25);
  });

  test("reply to what somebody else said in the same room shortly before", () => {
    const byId = new Map(lines.map((line) => [line.id, line]));
    for (const { replyTo, room, atMs } of lines.filter((line) => line.replyTo !== undefined)) {
      const answered = byId.get(replyTo ?? "");
      expect(answered?.room).toBe(room);
      expect(atMs - (answered?.atMs ?? 0)).toBeWithin(0, 6 * hourMs);
    }
  });

  test("mention people of the room by their names, and leave nothing to be filled in", () => {
    const members = new Map(demoCast(options).rooms.map(({ topic, people }) => [topic.name, people]));
    for (const { room, text } of lines) {
      // A "||" in code is the code's.
      expect(text.replace(/```[\s\S]*?```/g, "")).not.toMatch(/\{[a-z0-9-]*\}|\|\|| undefined|@[a-d]\b(?!\.)/);
      for (const [, name = ""] of text.matchAll(/@([\w.-]*\w)/g))
        expect(members.get(room)?.some((person) => person.name === name)).toBe(true);
    }
  });

  test("have code from its first line to its last", () => {
    for (const { text } of lines) expect([text, (text.match(/^```/gm) ?? []).length % 2]).toEqual([text, 0]);
    expect(lines.some(({ text }) => text.includes('|| notify "$url is down"\ndone\n```'))).toBe(true);
  });

  test("don't begin with a number and a dot by accident, which Markdown shows as a list", () => {
    expect(lines.filter(({ text }) => /^\d+\. /.test(text) && !text.includes("\n"))).toEqual([]);
  });

  test("fill the day as people do: evenings busy, nights quiet, and in bursts", () => {
    const hours = Array<number>(24).fill(0);
    for (const { atMs } of lines) hours[(Math.floor(atMs / hourMs) + firstHour) % 24]! += 1 / lines.length;
    const between = (from: number, to: number) => hours.slice(from, to).reduce((sum, each) => sum + each, 0);
    expect(between(0, 6)).toBeLessThan(0.06);
    expect(between(17, 23)).toBeGreaterThan(0.35);
    const pauses = lines.slice(1).map(({ atMs }, index) => atMs - (lines[index]?.atMs ?? 0));
    expect(pauses.filter((pause) => pause < 10_000).length).toBeGreaterThan(lines.length / 10);
    expect(Math.max(...pauses)).toBeGreaterThan(30 * 60_000);
  });

  test("are spread: every room is talked in, some people talk much and all of them talk", () => {
    expect(new Set(lines.map(({ room }) => room)).size).toBe(9);
    const perPerson = [...Map.groupBy(lines, ({ person }) => person).values()]
      .map((own) => own.length)
      .toSorted((a, b) => b - a);
    expect(perPerson.length).toBe(options.people);
    expect((perPerson[0] ?? 0) / (perPerson.at(-1) ?? 1)).toBeGreaterThan(3);
  });

  test("hardly repeat themselves on the first screens", () => {
    const first = lines.slice(0, 400).map(({ text }) => text);
    expect(new Set(first).size / first.length).toBeGreaterThan(0.9);
  });
});

test("every scene of every topic can be played, by few people as by many", () => {
  for (const topic of topics) {
    for (const scene of topic.scenes) {
      for (const count of [2, 24])
        expect(playScene(createChance("x"), topic, scene, demoPeople("x", count)).length).toBeGreaterThanOrEqual(
          scene.length,
        );
    }
  }
});

test("names are different to the eye, and as many as may be asked for", () => {
  const folded = demoPeople("1", mostPeople).map(({ name }) =>
    name.toLowerCase().replace(/[il1]/g, "l").replace(/0/g, "o"),
  );
  expect(new Set(folded).size).toBe(mostPeople);
});

test("a rate is kept in the long run", () => {
  const span = lines.at(-1)?.atMs ?? 0;
  expect((lines.length * 60_000) / (span * paceOf(30))).toBeWithin(20, 45);
});

describe("what it is asked for", () => {
  test("is a server, with all else by itself", () => {
    expect(readArguments(["http://localhost:8080/"])).toEqual({
      ...{ type: "demo", url: "http://localhost:8080", messages: 400, rate: undefined },
      ...{ people: 24, rooms: 8, seed: "1", password: "a demo, not a secret" },
    });
    expect(readArguments(["http://a", "--rate", "30"])).toMatchObject({ messages: 0, rate: 30 });
    expect(readArguments(["-h"])).toEqual({ type: "help" });
  });

  test.each([
    [],
    ["nowhere"],
    ["http://a", "--people", "2"],
    ["http://a", "--rooms", "9"],
    ["http://a", "--rate", "0"],
    ["http://a", "--messages", "x"],
    ["http://a", "--password", "short"],
  ])("is said in a sentence when it is not: %p %p %p", (...words) => {
    expect(() => readArguments(words)).toThrow(/address|whole number|characters/);
  });
});
