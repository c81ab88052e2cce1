/** Who lives in the community: names, tempers, and which rooms they care for. */
import { type Chance, createChance } from "./chance.ts";

/** How somebody writes. */
export type Temper = "plain" | "brief" | "cheerful" | "in-bursts";

export interface DemoPerson {
  readonly name: string;
  readonly temper: Temper;
  /** How much they talk, compared with others. */
  readonly weight: number;
}

const names = [
  "maya, Jonas.K, oduya, Priya, tomasz, lena_w, Amara, sven, Noor, grace.h, mateo, Yuki, hanna, big.al, Femi, chloe-r",
  "rashid, Ingrid, dario, petra, wes, Leila, karim, june, Anouk, beatriz, olek, Tariq, wanjiru, Niamh, ravi, Elif",
  "santi, Zofia, kenji, Marguerite, abel, Dilan, rosa.m, Viggo, ada_o, Hugo, Thandi, pavel, mirjam, Cleo, yusuf, Edda",
]
  .join(", ")
  .split(", ");
const families = ["b", "dk", "fox", "hill", "ng", "sol", "vd", "west"];
const tempers: readonly Temper[] = ["plain", "plain", "plain", "brief", "brief", "cheerful", "cheerful", "in-bursts"];
export const mostPeople = names.length * (families.length + 1);
/** A room feels alive with a handful and crowded with half the town. */
const shareOfRoom = 0.4;
const leastInRoom = 5;

export function demoPeople(seed: string, count: number): readonly DemoPerson[] {
  const chance = createChance(`${seed}/people`);
  const all = [...names, ...families.flatMap((family) => names.map((name) => `${name}.${family}`))];
  return all.slice(0, count).map((name) => ({
    name,
    temper: chance.pick(tempers),
    // A few talk much, many a little.
    weight: 0.3 + chance.around(1),
  }));
}

/** Who is in a room besides all others; in the lobby everybody is. */
export function peopleOfRoom(seed: string, room: string, people: readonly DemoPerson[]): readonly DemoPerson[] {
  const chance = createChance(`${seed}/room/${room}`);
  const size = Math.max(leastInRoom, Math.round(people.length * shareOfRoom));
  return chance.shuffled(people).slice(0, size);
}

/** Different people for the parts of a scene, those who talk much more often than others. */
export function cast(chance: Chance, people: readonly DemoPerson[], count: number): readonly DemoPerson[] {
  const left = [...people];
  const chosen: DemoPerson[] = [];
  while (chosen.length < count && left.length > 0) {
    const sums: number[] = [];
    for (const { weight } of left) sums.push((sums.at(-1) ?? 0) + weight);
    const at = chance.next() * (sums.at(-1) ?? 0);
    const index = sums.findIndex((sum) => at < sum);
    chosen.push(...left.splice(Math.max(0, index), 1));
  }
  return chosen;
}
