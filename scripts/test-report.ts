/** What a test run says about itself: Bun's JUnit report in, counts and names out, and the closing table as text. */

export interface Tally {
  readonly passed: number;
  /** What failed, and where, in a line; below it, indented, what is known of why. Their number is the number of failures. */
  readonly failures: readonly string[];
  /** One line each: what passed only when it was run again. */
  readonly retried?: readonly string[];
}

export interface StageResult extends Tally {
  readonly stage: string;
  readonly seconds: number;
}

export interface BunRun {
  /** The files that were asked for, from the root of the repository. */
  readonly files: readonly string[];
  /** Bun's JUnit report; undefined when the run ended without writing it. */
  readonly report: string | undefined;
  /** What the run printed, which is what is left to go by without a report. */
  readonly output: string;
  readonly exitCode: number | null;
  /** Set when the run was ended because it took longer. */
  readonly limitSeconds?: number | undefined;
}

/** Counts a file that never reported a test as failed: it did not load, or it is empty. */
export function tallyBunRun({ files, report, output, exitCode, limitSeconds }: BunRun): Tally {
  const tests = report === undefined ? readOutput(output) : readJunit(report);
  const failures = tests.flatMap(({ file, name, outcome, why = "" }) => {
    if (outcome === "passed") return [];
    return [`${file}: ${name}${outcome === "skipped" ? " (left out: skipped or todo)" : ""}${indented(why)}`];
  });
  if (limitSeconds !== undefined || report === undefined) {
    const how =
      limitSeconds === undefined ? `broke off with exit code ${exitCode}` : `took longer than ${limitSeconds} s`;
    failures.push(`the run ${how}, in ${lastFile(output) ?? "no file yet"}`);
  } else {
    const reported = new Set(tests.map(({ file }) => file));
    const silent = files.filter((file) => !reported.has(file));
    failures.push(...silent.map((file) => `${file}: no test ran in this file`));
    if (exitCode !== 0 && failures.length === 0) failures.push(`the run ended with exit code ${exitCode}`);
  }
  const retried = readOutput(output).flatMap(({ file, name, outcome }) =>
    outcome === "passed" && runAgain.test(name) ? [`${file}: ${name.replace(runAgain, "")}`] : [],
  );
  return {
    passed: tests.filter(({ outcome }) => outcome === "passed").length,
    failures,
    ...(retried.length > 0 && { retried }),
  };
}

/** How Bun marks the name of a test that it ran again; its report does not tell. */
const runAgain = / \(attempt \d+\)$/;

export interface TestCase {
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Of what failed: the error and where it came from. */
  readonly why?: string;
}

export function readJunit(xml: string): TestCase[] {
  return [...xml.matchAll(/<testcase\s([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes = "", body = ""]) => {
      // Bun lists the enclosing groups from the inside out.
      const groups = attribute(attributes, "classname").split(" > ").filter(Boolean).reverse();
      const [, why = ""] = body.match(/<(?:failure|error)\b[^>]*>([^<]*)/) ?? [];
      return {
        file: attribute(attributes, "file").replace(/^\.\//, ""),
        name: [...groups, attribute(attributes, "name")].join(" > "),
        outcome: /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed",
        ...(why !== "" && { why: unescapeXml(why) }),
      };
    },
  );
}

/** Of an error, at most; whoever reads only the end of a long run should not have to look for it. */
const shownLines = 20;

function indented(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(0, shownLines)
    .map((line) => `\n    ${line}`)
    .join("");
}

/** The tests that a run has printed so far: a line with the file's name, then one for each of its tests. */
function readOutput(output: string): TestCase[] {
  let file = "";
  return plainLines(output).flatMap((line): TestCase[] => {
    file = line.match(fileLine)?.[1] ?? file;
    const [, word, name] = line.match(/^\((pass|fail|skip|todo)\) (.+?)( \[[\d.]+m?s\])?$/) ?? [];
    if (word === undefined || name === undefined) return [];
    return [{ file, name, outcome: word === "pass" ? "passed" : word === "fail" ? "failed" : "skipped" }];
  });
}

const fileLine = /^(?:\.\/)?(\S+\.test\.tsx?):$/;

function lastFile(output: string): string | undefined {
  return plainLines(output)
    .findLast((line) => fileLine.test(line))
    ?.match(fileLine)?.[1];
}

function plainLines(output: string): string[] {
  return Bun.stripANSI(output).split("\n");
}

function attribute(attributes: string, name: string): string {
  return unescapeXml(attributes.match(new RegExp(`(?:^|\\s)${name}="([^"]*)"`))?.[1] ?? "");
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name?: string) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name ?? ""] ?? whole),
  );
}

/** The failed tests by name, a row per stage, and last of all `N passed, N failed`. */
export function closingLines(results: readonly StageResult[]): string[] {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
  const width = Math.max(...results.map(({ stage }) => stage.length), "stage".length);
  const row = (stage: string, ...cells: string[]) =>
    stage.padEnd(width) + cells.map((cell) => cell.padStart(9)).join("");
  return [
    ...results.flatMap(({ stage, retried = [] }) =>
      retried.map((test) => `passed only when run again: ${stage}: ${test}`),
    ),
    ...results.flatMap(({ stage, failures }) => failures.map((failure) => `failed: ${stage}: ${failure}`)),
    "",
    row("stage", "passed", "failed", "seconds"),
    ...results.map(({ stage, passed, failures, seconds }) =>
      row(stage, String(passed), String(failures.length), seconds.toFixed(1)),
    ),
    "",
    `${passed} passed, ${failed} failed`,
  ];
}
