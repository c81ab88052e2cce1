/** What a row of joins and leaves says in one line. The same for the server and for a page that folds what arrives. */

export interface Coming {
  readonly who: string;
  /** HTML. */
  readonly name: string;
  readonly joined: boolean;
}

/** Of each person the last counts. HTML. */
export function foldWords(comings: readonly Coming[]): string {
  const last = new Map<string, Coming>();
  for (const coming of comings) last.set(coming.who, coming);
  const named = (joined: boolean) =>
    [...last.values()].filter((each) => each.joined === joined).map(({ name }) => name);
  return [clause(named(true), "joined"), clause(named(false), "left")].filter((words) => words !== "").join(" · ");
}

function clause(names: readonly string[], verb: string): string {
  const [one, two, ...others] = names;
  if (one === undefined) return "";
  if (two === undefined) return `${one} ${verb}`;
  if (others.length === 0) return `${one} and ${two} ${verb}`;
  return `${one}, ${two} and ${others.length} other${others.length === 1 ? "" : "s"} ${verb}`;
}
