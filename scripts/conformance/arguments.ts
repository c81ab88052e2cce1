/** What `npm run conformance` was asked for: words to settings, or a sentence that says what is wrong with them. */
import { parseArgs } from "node:util";

/** More than any server keeps at hand for those who come back: older events come from its store. */
const defaultBacklog = 600;
const mostBacklog = 100_000;

export const help = `Usage: npm run conformance -- URL [--only NAME,…] [--backlog N] [--json]
       npm run conformance -- --list

Checks a running server from the outside against what it promises: what is acked is there, once, in one order; who comes back
gets exactly what was missed; only members read and write; limits hold at their edges; errors say the same thing the same way;
a sign-out ends what it should. It signs up people of its own and talks in rooms of its own, and leaves both behind.

  URL          of the server, like http://localhost:8080
  --only       checks, or groups of them, by the start of their names: --only resume,limits.text
  --backlog    how many messages the oldest position to come back from is behind (default: ${defaultBacklog})
  --json       one JSON document instead of lines
  --list       names all checks, and runs none

Ends with "N passed, N failed"; the exit code is 0, 1 when a check failed, 2 when it could not begin. With rate limits on it
waits where it is told to, which makes it slow; LIMITS=off at the server makes it quick.`;

export interface CheckWish {
  readonly type: "check";
  readonly url: string;
  readonly backlog: number;
  /** Starts of names; none: all. */
  readonly only: readonly string[];
  readonly json: boolean;
}

export type Wish = { readonly type: "help" } | { readonly type: "list" } | CheckWish;

/** @param names of all checks. @throws Error with a sentence */
export function readArguments(words: readonly string[], names: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      backlog: { type: "string", default: String(defaultBacklog) },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return { type: "help" };
  if (values.list) return { type: "list" };
  const [url = "", ...more] = positionals;
  if (more.length > 0 || !/^https?:\/\/[^/]+\/?$/.test(url))
    throw new Error("Give the address of one server, like http://localhost:8080.");
  const backlog = Number(values.backlog);
  if (!Number.isInteger(backlog) || backlog < 1 || backlog > mostBacklog)
    throw new Error(`--backlog is a whole number from 1 to ${mostBacklog}.`);
  const only = values.only.split(",").filter(Boolean);
  const unknown = only.find((each) => !names.some((name) => name.startsWith(each)));
  if (unknown !== undefined) throw new Error(`No check begins with "${unknown}"; --list names them.`);
  return { type: "check", url: url.replace(/\/$/, ""), backlog, only, json: values.json };
}
