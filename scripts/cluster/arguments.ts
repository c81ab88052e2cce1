/** What `npm run cluster` was asked for: words to settings, or a sentence that says what is wrong with them. */
import { parseArgs } from "node:util";

/** More processes than that on one machine show nothing that fewer do not. */
const mostOfAKind = 32;
/** Each takes a third of a gigabyte. */
const mostBrokers = 9;
const defaultDir = "./data/cluster";

export const help = `Usage: npm run cluster -- [--gateways 2] [--writers 1] [--bots 1] [--no-bot] [--brokers 1] [--env NAME:VARIABLE=VALUE]...
                          [--port 8080] [--dir ${defaultDir}] [--code DIR]
       npm run cluster -- start NAME [--dir ${defaultDir}] [--code DIR]

Runs Superchat as it runs for many people, without containers and in the foreground: Redis, Kafka, Postgres, nginx, and
Superchat's own processes, each on a free port of this machine; installs what is missing. Ready when cluster.json is in the
folder: { "url", "processes": [{ "name", "role", "pid", "port", "metricsPort" }] }. Superchat's own processes have a
metricsPort; a writer's or bot's port is the same one.

  --gateways N   processes that browsers and programs talk to, behind nginx (default 2)
  --writers N    processes that store what was said (default 1)
  --bots N       processes that answer @superchat (default 1)
  --no-bot       none of those, and no language model
  --brokers N    of Kafka; with 3 any one may be lost. A folder keeps the number it began with (default 1)
  --env NAME:VARIABLE=VALUE
                 for one of Superchat's own processes, such as gateway-1:LOG_LEVEL=debug; can be given several times
  --port N       nginx's; 0 is any free one (default 8080)
  --dir DIR      data, logs and the secret, kept for the next start (default ${defaultDir})
  --code DIR     Superchat's own processes run from this folder; with start, this one from now on: another version beside the
                 others, to try an update (default: the folder this is run in)
  start NAME     starts a process of a running cluster again that has ended, such as gateway-1

A process that ends is not started again by itself. Ctrl-C or SIGTERM ends all of them and keeps the data.
Environment: HOST (127.0.0.1), LIMITS (on), LOG_LEVEL (info); the language model's are in .env.example, and with OLLAMA_URL
none is started here.`;

export interface RunWish {
  readonly type: "run";
  readonly gateways: number;
  readonly writers: number;
  readonly bots: number;
  readonly brokers: number;
  /** By the name of a process, what it has in its environment beside what all have. */
  readonly ownEnv: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly port: number;
  readonly dir: string;
  readonly code?: string | undefined;
}

export interface StartWish {
  readonly type: "start";
  readonly name: string;
  readonly dir: string;
  readonly code?: string | undefined;
}

export type Wish = { readonly type: "help" } | RunWish | StartWish;

/** @throws Error with a sentence */
export function readArguments(words: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      gateways: { type: "string" },
      writers: { type: "string" },
      bots: { type: "string" },
      "no-bot": { type: "boolean" },
      brokers: { type: "string" },
      env: { type: "string", multiple: true, default: [] },
      port: { type: "string" },
      dir: { type: "string", default: defaultDir },
      code: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return { type: "help" };
  const { dir } = values;
  const code = values.code === undefined ? {} : { code: values.code };
  if (dir === "") throw new Error("--dir must name a folder.");
  const [command, name, ...more] = positionals;
  if (command !== undefined) {
    if (command !== "start") throw new Error(`There is no command "${command}"; there is "start NAME".`);
    if (name === undefined || more.length > 0) throw new Error('"start" takes one name, such as gateway-1.');
    return { type: "start", name, dir, ...code };
  }
  const bots = wholeNumber("bots", values.bots, 1, 0, mostOfAKind);
  return {
    type: "run",
    gateways: wholeNumber("gateways", values.gateways, 2, 1, mostOfAKind),
    writers: wholeNumber("writers", values.writers, 1, 0, mostOfAKind),
    bots: values["no-bot"] ? 0 : bots,
    brokers: wholeNumber("brokers", values.brokers, 1, 1, mostBrokers),
    ownEnv: ownEnvironments(values.env),
    port: wholeNumber("port", values.port, 8080, 0, 65_535),
    dir,
    ...code,
  };
}

function ownEnvironments(given: readonly string[]): RunWish["ownEnv"] {
  const own: Record<string, Record<string, string>> = {};
  for (const each of given) {
    const [, name = "", variable = "", value = ""] = /^((?:gateway|writer|bot)-\d+):(\w+)=(.*)$/s.exec(each) ?? [];
    if (name === "") throw new Error(`--env must look like gateway-1:VARIABLE=VALUE, but is "${each}".`);
    own[name] = { ...own[name], [variable]: value };
  }
  return own;
}

function wholeNumber(name: string, given: string | undefined, preset: number, from: number, to: number): number {
  if (given === undefined) return preset;
  const value = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new Error(`--${name} must be a whole number from ${from} to ${to}, but is "${given}".`);
}
