/**
 * Measures what texts made to keep a renderer busy cost, in a process of its own: CPU, not time that passed, and the best of several
 * tries, since a machine that is shared makes each dearer. `bun tests/support/render-costs.ts --seconds 600` looks for new ones.
 */
import { maxTextBytes } from "#domain/message.ts";
import { excerptOf } from "#domain/quote.ts";
import { renderText } from "#views/markdown.ts";
import { hostileText, knownAttacks, namedThere } from "./hostile-texts.ts";

export interface RenderCosts {
  readonly texts: number;
  readonly worst: { readonly ms: number; readonly what: string; readonly text: string };
  readonly largest: { readonly bytes: number; readonly text: string };
  /** Those over the limit, the first ones. */
  readonly over: readonly string[];
}

const warmUps = 300;
const tries = 12;

export function measureCosts(texts: Iterable<string>, maxMs: number, until = Number.POSITIVE_INFINITY): RenderCosts {
  for (let seed = 1; seed <= warmUps; seed++)
    cpuMs(() => renderText(hostileText(-seed, maxTextBytes), { mentions: true }));
  let count = 0;
  let worst = { ms: 0, what: "", text: "" };
  let largest = { bytes: 0, text: "" };
  const over: string[] = [];
  for (const text of texts) {
    count++;
    let html = "";
    const entries = {
      message: () => {
        html = renderText(text, { mentions: true }).html;
      },
      ...(text.includes("@") ? { names: () => renderText(text, { mentions: true, named: namedThere }) } : {}),
      excerpt: () => excerptOf(text),
    };
    for (const [what, make] of Object.entries(entries)) {
      const ms = best(make, maxMs / 2);
      if (ms > worst.ms) worst = { ms, what, text: text.slice(0, 200) };
      if (ms > maxMs && over.length < 20)
        over.push(`${what} ${ms.toFixed(1)} ms: ${JSON.stringify(text.slice(0, 120))}`);
    }
    const bytes = Buffer.byteLength(html);
    if (bytes > largest.bytes) largest = { bytes, text: text.slice(0, 200) };
    if (performance.now() > until) break;
  }
  return { texts: count, worst, largest, over };
}

function best(make: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < tries && least > enough; attempt++) least = Math.min(least, cpuMs(make));
  return least;
}

/** What other processes take meanwhile counts for nothing. */
export function cpuMs(make: () => unknown): number {
  // Of the process: that of a thread comes in steps of 4 ms here.
  const before = process.cpuUsage();
  make();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function* seeded(from: number, to: number): Generator<string> {
  for (let seed = from; seed < to; seed++) yield hostileText(seed, maxTextBytes);
}

function* all(chances: number): Generator<string> {
  yield* knownAttacks(maxTextBytes);
  yield* seeded(0, chances);
}

if (import.meta.main) {
  const [option, value = "0", from = "1000000"] = process.argv.slice(2);
  const costs =
    option === "--seconds"
      ? measureCosts(seeded(Number(from), Number.MAX_SAFE_INTEGER), 10, performance.now() + 1_000 * Number(value))
      : measureCosts(all(Number(value)), 10);
  console.log(JSON.stringify(costs));
}
