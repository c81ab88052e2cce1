/** The files a commit would hold, as text: what the rules of tests/tidy.test.ts look at. */
import { join } from "node:path";

export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Tracked files and new ones that are not ignored. */
export async function readSources(root: string): Promise<Source[]> {
  const listing = Bun.spawnSync(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  if (!listing.success) throw new Error(`git cannot list the files: ${listing.stderr.toString().trim()}`);
  const paths = listing.stdout.toString().split("\0").filter(Boolean);
  const read = paths.map(async (path): Promise<Source | undefined> => {
    const file = Bun.file(join(root, path));
    // A file that was deleted but not yet committed is still in the listing.
    return (await file.exists()) ? { path, text: await file.text() } : undefined;
  });
  return (await Promise.all(read)).filter((source) => source !== undefined);
}

export function isCode({ path }: Source): boolean {
  return /\.(ts|tsx|mjs)$/.test(path);
}

/** Test files, contract suites and everything that only tests use. */
export function isTest({ path }: Source): boolean {
  return path.startsWith("tests/") || /\.test\.tsx?$/.test(path);
}

/** `path:line: sentence` for every line that has something to say. */
export function eachLine(source: Source, check: (line: string) => string | undefined): string[] {
  return source.text.split("\n").flatMap((line, index) => {
    const sentence = check(line);
    return sentence === undefined ? [] : [`${source.path}:${index + 1}: ${sentence}`];
  });
}

/** The number of the line that holds this position, from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
