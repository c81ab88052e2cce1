/** `npm run upgrade`: which versions run on the data of a cluster, what an update waits for, and its end. See its --help. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { environmentFile } from "./cluster/run.ts";
import { upgrade } from "./container/upgrade.ts";

const help = `Usage: npm run upgrade [-- [finish] [--dir DIR]]

Shows the processes of a cluster by their version, the level up to which they may write, and what keeps it from rising. A single process
(npm start) has nobody to wait for: what to do there is in docs/operating.md, "Updating".

  finish      lets the level rise now, if nothing is in the way: from then on there is no way back to the version before
  --dir DIR   the cluster that "npm run cluster -- --dir DIR" runs on this machine; without it, the one that DATABASE_URL and
              KAFKA_BROKERS name, as for a writer (.env.example)

Exit code 1: something is in the way of what was asked. 2: nobody can tell.`;

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { dir: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const [command = "show", ...more] = positionals;
  const understood = (command === "show" || command === "finish") && more.length === 0;
  if (values.help || !understood) {
    console.log(help);
    return understood ? 0 : 2;
  }
  if (values.dir === undefined && process.env.DATABASE_URL === undefined && process.env.POSTGRES_HOST === undefined)
    throw new Error(`Name a cluster: with --dir, or by DATABASE_URL and KAFKA_BROKERS.\n\n${help}`);
  return await upgrade(command, values.dir === undefined ? process.env : await environmentOf(values.dir));
}

async function environmentOf(dir: string): Promise<Readonly<Record<string, string>>> {
  try {
    return JSON.parse(await readFile(environmentFile(dir), "utf8"));
  } catch (cause) {
    throw new Error(`No cluster runs in ${dir}. A single process, which npm start runs, needs no such command.`, {
      cause,
    });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
