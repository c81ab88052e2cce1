/**
 * Takes a model's reasoning out of its text. Some servers pass it on between marks; people asked for the answer, and a model that reads
 * its old thoughts back repeats them. Pure: text as it came in, what is shown out.
 */

const names = "(?:think|thinking|thought|thoughts|reasoning|reflection)";
/** A fence of code, a mark that opens a thought at the beginning of a line, or one that closes it. */
const marks = new RegExp(
  String.raw`(?<fence>^[ \t]*(?:\x60{3}|~{3}).*$)|(?<open>^[ \t]*<${names}>)|(?<close><\/${names}>)`,
  "gim",
);
/** The end of a text that is still being written may become a mark. */
const begunMark = /(?<=^|\n)[ \t]*<\/?[a-z]{0,10}$/i;

export interface Spoken {
  /** What is shown. */
  readonly text: string;
  /** Whether anything was taken out. */
  readonly thought: boolean;
}

/** @param done false while more may follow: then what may become a mark is held back */
export function withoutThoughts(raw: string, done = true): Spoken {
  if (!raw.includes("<")) return { text: raw.trimStart(), thought: false };
  const kept: string[] = [];
  let from = 0;
  let inFence = false;
  let inThought = false;
  let thought = false;
  for (const { index, 0: mark, groups } of raw.matchAll(marks)) {
    if (groups?.fence !== undefined) inFence = !inThought && !inFence;
    else if (groups?.open !== undefined && !inThought && !inFence) {
      kept.push(raw.slice(from, index));
      inThought = thought = true;
    } else if (groups?.close !== undefined && (inThought || (!thought && !inFence && startsLine(raw, index)))) {
      // A model whose template opens the thought itself only closes it: all that came before was one.
      inThought = false;
      thought = true;
      from = index + mark.length;
    }
  }
  const rest = inThought ? "" : raw.slice(from);
  kept.push(done ? rest : rest.replace(begunMark, ""));
  return { text: kept.join("").trimStart(), thought };
}

function startsLine(raw: string, at: number): boolean {
  return raw.slice(raw.lastIndexOf("\n", at - 1) + 1, at).trim() === "";
}
