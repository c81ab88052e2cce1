/** When two names are one: the same letters, or letters that look the same. */

/** The form under which a name is looked up, exactly: case does not matter, an accent does. José and Jose are two people. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

const lookAlikes: ReadonlyMap<string, string> = new Map(
  [
    ["o", "0оοօ"],
    ["l", "1iіιӏΙ|ı"],
    ["a", "аα"],
    ["b", "ьв"],
    ["c", "сϲ"],
    ["d", "ԁ"],
    ["e", "еεє"],
    ["g", "ɡց"],
    ["h", "һн"],
    ["j", "јϳ"],
    ["k", "кκ"],
    ["m", "м"],
    ["n", "ոπпη"],
    ["p", "рρ"],
    ["q", "ԛզ"],
    ["r", "г"],
    ["s", "ѕ5"],
    ["t", "тτ"],
    ["u", "υս"],
    ["v", "νѵ"],
    ["w", "ԝωш"],
    ["x", "хχ"],
    ["y", "уγү"],
    ["z", "ᴢ"],
  ].flatMap(([to, from]) => [...(from ?? "")].map((letter) => [letter, to ?? ""] as const)),
);

/** Those of other alphabets alone: v1 and vi are two rooms. */
const foreign: ReadonlyMap<string, string> = new Map([...lookAlikes].filter(([letter]) => letter > "\x7F"));

const unseen = /\p{Default_Ignorable_Code_Point}/gu;
/** An i has its dot already. */
const secondDots = /(?<=[ijı])\u0307/gu;

/**
 * The form under which names must differ to the eye (after Unicode TS 39, for the scripts a name may use). What can't be seen counts for
 * nothing: older names may have it.
 */
export function nameSkeleton(name: string): string {
  return skeleton(name, lookAlikes);
}

/** The same for the name of a public room. Digits and bars are no letters there. */
export function roomSkeleton(name: string): string {
  return skeleton(name, foreign);
}

function skeleton(name: string, alike: ReadonlyMap<string, string>): string {
  const visible = nameKey(name.replaceAll(unseen, "")).normalize("NFD").replaceAll(secondDots, "");
  return [...visible]
    .map((letter) => alike.get(letter) ?? letter)
    .join("")
    .normalize("NFC");
}
