/** Runs checks one after the other: each is given people and sockets, which are closed behind it, and fails by itself. */
import { Broken, type Check, shown } from "./check.ts";
import { openWorld, type WorldOptions } from "./world.ts";

export interface Result {
  readonly name: string;
  readonly promise: string;
  readonly ms: number;
  /** Undefined when the promise held. */
  readonly broken: { readonly what: string; readonly expected: string; readonly seen: string } | undefined;
}

export async function runChecks(
  checks: readonly Check[],
  options: WorldOptions,
  told: (result: Result) => void = () => {},
): Promise<readonly Result[]> {
  const world = openWorld(options);
  const results: Result[] = [];
  for (const { name, promise, run } of checks) {
    const from = performance.now();
    const broken = await run(world).then(() => undefined, brokenBy);
    world.closeSockets();
    const result = { name, promise, ms: Math.round(performance.now() - from), broken };
    told(result);
    results.push(result);
  }
  // A server that can't even be left has failed its checks already.
  await world.leave().catch(() => undefined);
  return results;
}

/** What is no Broken is something that never came, or that could not be done at all. */
function brokenBy(error: unknown): Result["broken"] {
  if (error instanceof Broken) return { what: error.what, expected: error.expected, seen: error.seen };
  const seen = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return { what: "the check", expected: "to come to its end", seen: shown(`${seen}${cause}`) };
}
