/** The long run from the command line: `npm run test:delivery -- --long`. */
import { parseArgs } from "node:util";
import { runDelivery } from "./run.ts";
import { summary } from "./summary.ts";

export const help = `Usage: npm run test:delivery -- --long [--minutes 15] [--seed N] [--brokers 1|3] [--freeze 20] [--disk]
                                        [--clock] [--only PART]...

Runs the cluster with three gateways and two writers, lets people write and read, and breaks things at random: each fault
alone, then in pairs, and so on until the time is over. Then it checks that nothing was lost, doubled, reordered or shown to
anybody outside. Prints the seed first; the same seed plans the same faults.

  --minutes N   how long things break (default 15)
  --seed N      plans the faults (default: by the clock)
  --brokers N   of Kafka; with 3, min.insync.replicas is 2 and one is lost at a time (default 1)
  --freeze N    seconds for which a process is frozen (default 20)
  --disk        Kafka's log on a small disk, which is filled now and then; needs root, not with 3 brokers
  --clock       steps the clock of one gateway; needs libfaketime, and installs it from Debian's packages as root
  --only PART   faults whose name holds this, such as redis; can be given several times

Without --long it runs the tests that "npm test" runs. Ends with 1 if a promise was broken.`;

export async function main(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      long: { type: "boolean" },
      minutes: { type: "string", default: "15" },
      seed: { type: "string", default: `${Date.now() % 1_000_000}` },
      brokers: { type: "string", default: "1" },
      freeze: { type: "string", default: "20" },
      disk: { type: "boolean" },
      clock: { type: "boolean" },
      only: { type: "string", multiple: true },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const outcome = await runDelivery({
    seed: Number(values.seed),
    gateways: 3,
    bots: 2,
    brokers: Number(values.brokers),
    disk: values.disk === true,
    clock: values.clock === true,
    rooms: 8,
    writersOfEach: 5,
    readersOfEach: 3,
    pauseMs: [50, 150],
    awayMs: [500, 5_000],
    frozenMs: [1_000 * Number(values.freeze), 1_000 * Number(values.freeze)],
    minutes: Number(values.minutes),
    ...(values.only ? { only: values.only } : {}),
    say: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`),
  });
  console.log(summary(outcome));
  return outcome.violations.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
