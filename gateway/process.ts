/** The frame of every process: problems at start are told in sentences, a signal starts the stop, a second one ends it. */
import { hostname } from "node:os";
import { inspect } from "node:util";
import { ConfigError } from "#domain/config-error.ts";
import { standstill } from "#domain/standstill.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Runs a process to its end. Never returns. */
export async function runProcess(main: () => Promise<void>): Promise<never> {
  for (const name of ["uncaughtException", "unhandledRejection"] as const) process.on(name, end);
  // Also while nobody reads: what the others write may have changed while this process stood still (fresh-ports.ts).
  standstill.onThaw(() => undefined);
  try {
    await main();
    process.exit(0);
  } catch (error) {
    process.stderr.write(withoutSecrets(`${sentencesOf(error).join("\n")}\n`));
    process.exit(1);
  }
}

/** For what is set by the environment alone: --help shows the usage, and anything else as well, as a fault. */
export function takeNoArguments(usage: string): void {
  const [first] = process.argv.slice(2);
  if (first === undefined) return;
  const isHelp = first === "--help" || first === "-h";
  (isHelp ? process.stdout : process.stderr).write(`${usage}\n`);
  process.exit(isHelp ? 0 : 2);
}

/** As the runtime would, which prints whatever the error quotes. */
function end(error: unknown): never {
  process.stderr.write(`${withoutSecrets(inspect(error))}\n`);
  process.exit(1);
}

/** Who gets a signal with all of its group gets it again from its launcher: within so long that is the same one. In milliseconds. */
const sameSignalMs = 500;

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stoppingSince: number | undefined;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (stoppingSince !== undefined && performance.now() - stoppingSince > sameSignalMs) process.exit(1);
        stoppingSince ??= performance.now();
        resolve(signal);
      });
    }
  });
}

/** Its own among all processes of a cluster: in a container every process has the same id. */
export function nameOfProcess(role: string): string {
  return `${role}-${hostname()}-${process.pid}`;
}

function sentencesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) {
    return ["Superchat can't start with these settings:", ...error.problems.map((problem) => `  ${problem}`)];
  }
  if (!(error instanceof Error)) return [`Superchat can't start: ${String(error)}`];
  return [`Superchat can't start: ${error.message}`];
}
