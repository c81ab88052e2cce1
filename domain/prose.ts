/** A text without what says nothing to anybody: its code, its links and its addresses. In time that grows with the text alone. */

/** Addresses of the web and of mail, as far as an @ in them may stand. */
const addresses = /(?:\/\/|mailto:)[\p{L}\p{N}\p{M}\-._~:/?#@!$&'*+;=%]+/giu;
const marks = /`+|~{3,}|\n[ \t]*(?=\n)/g;
const startOfBlock = /^[ \t>*+\-\d.)]*$/;
const minFence = 3;
/** More beside a fence on its line is not looked at, in UTF-16 code units. */
const maxBeside = 64;

/** [what it says](where it leads), also of a picture. */
const links = /\[[^[\]\n]*\]\([^()\n]*\)/g;
/** A space stands where something was. */
export function proseOf(text: string): string {
  return (text.includes("`") || text.includes("~~~") ? withoutCode(text) : text)
    .replaceAll(links, " ")
    .replaceAll(addresses, " ");
}

interface Run {
  readonly mark: string;
  readonly length: number;
  readonly from: number;
  readonly to: number;
  /** A blank line comes next, which ends what was begun in a paragraph. */
  readonly ends?: boolean;
}

function withoutCode(text: string): string {
  const runs = runsIn(text);
  let prose = "";
  let at = 0;
  const pass = (from: number, to: number) => {
    prose += `${text.slice(at, from)} `;
    at = to;
  };
  let open: Run | undefined;
  let paragraph: Run[] = [];
  const endParagraph = () => {
    for (const [from, to] of codeSpans(paragraph)) pass(from, to);
    paragraph = [];
  };
  for (const run of runs) {
    if (open !== undefined) {
      if (!endsBlock(text, open, run)) continue;
      pass(open.from, run.to);
      open = undefined;
    } else if (run.ends) endParagraph();
    else if (startsBlock(text, run)) {
      endParagraph();
      open = run;
    } else paragraph.push(run);
  }
  endParagraph();
  // A block that does not end goes on to the end of the text.
  if (open !== undefined) pass(open.from, text.length);
  return prose + text.slice(at);
}

function runsIn(text: string): readonly Run[] {
  return Array.from(text.matchAll(marks), ({ 0: found, index: from }) => {
    if (found.startsWith("\n")) return { mark: "", length: 0, from, to: from, ends: true };
    return { mark: found[0] ?? "", length: found.length, from, to: from + found.length };
  });
}

/** From each run of backticks to the next one as long, if there is one. */
function codeSpans(runs: readonly Run[]): readonly (readonly [from: number, to: number])[] {
  const backticks = runs.filter(({ mark }) => mark === "`");
  const closers: (number | undefined)[] = [];
  const last = new Map<number, number>();
  for (let index = backticks.length - 1; index >= 0; index--) {
    const { length = 0 } = backticks[index] ?? {};
    closers[index] = last.get(length);
    last.set(length, index);
  }
  const spans: (readonly [number, number])[] = [];
  for (let index = 0; index < backticks.length; index++) {
    const [opener, closer] = [backticks[index], backticks[closers[index] ?? -1]];
    if (opener === undefined || closer === undefined) continue;
    spans.push([opener.from, closer.to]);
    index = closers[index] ?? index;
  }
  return spans;
}

function startsBlock(text: string, { mark, length, from, to }: Run): boolean {
  return (
    length >= minFence &&
    startOfBlock.test(lineBefore(text, from)) &&
    (mark === "~" || !lineAfter(text, to).includes("`"))
  );
}

function endsBlock(text: string, open: Run, { mark, length, from, to }: Run): boolean {
  if (mark !== open.mark || length < open.length) return false;
  return startOfBlock.test(lineBefore(text, from)) && lineAfter(text, to).trim() === "";
}

/** What stands before a place in its line; or something that begins no block. */
function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - maxBeside), at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return line.length < maxBeside ? line : "too far";
}

function lineAfter(text: string, at: number): string {
  return text.slice(at, at + maxBeside).split("\n", 1)[0] ?? "";
}
