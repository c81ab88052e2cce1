/** What checks have shown, for people and as JSON. */
import type { Result } from "./run.ts";

export function resultLines({ name, promise, ms, broken }: Result): readonly string[] {
  if (broken === undefined) return [`  ok    ${name}: ${promise} (${ms} ms)`];
  return [
    `  FAIL  ${name}: ${promise} (${ms} ms)`,
    `          looked at: ${broken.what}`,
    `          expected:  ${broken.expected}`,
    `          seen:      ${broken.seen}`,
  ];
}

export function closingLine(results: readonly Result[]): string {
  const failed = results.filter(({ broken }) => broken !== undefined).length;
  return `${results.length - failed} passed, ${failed} failed`;
}

export function jsonReport(url: string, results: readonly Result[]): string {
  const failed = results.filter(({ broken }) => broken !== undefined).length;
  return JSON.stringify({ url, passed: results.length - failed, failed, checks: results }, null, 2);
}
