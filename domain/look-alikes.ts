/** When two names are one: the same letters, or letters that look the same. */

import { confusables } from "./confusables.ts";

/** The form under which a name is looked up, exactly: case does not matter, an accent does. José and Jose are two people. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** Of ASCII, among names of people alone: v1 and vi are two rooms, and so are a modern and a modem one. */
const plainLookAlikes: readonly (readonly [RegExp, string])[] = [
  [/0/g, "o"],
  [/[1i|]/g, "l"],
  [/5/g, "s"],
  [/rn/g, "m"],
];

const unseen = /\p{Default_Ignorable_Code_Point}/gu;
/** An i has its dot already. */
const secondDots = /(?<=[ijı])\u0307/gu;

/**
 * The form under which names must differ to the eye (after Unicode TS 39). What can't be seen counts for nothing: older names may have it.
 */
export function nameSkeleton(name: string): string {
  const look = roomSkeleton(name).normalize("NFD");
  return plainLookAlikes.reduce((seen, [letters, like]) => seen.replace(letters, like), look).normalize("NFC");
}

/** The same for the name of a public room. Digits and bars are no letters there. */
export function roomSkeleton(name: string): string {
  const visible = nameKey(name.replaceAll(unseen, "")).normalize("NFD").replaceAll(secondDots, "");
  return [...visible]
    .map((letter) => confusables.get(letter) ?? letter)
    .join("")
    .normalize("NFC");
}
