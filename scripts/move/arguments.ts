/** What `npm run move` was asked for: words to settings, or a sentence that says what is wrong with them. */
import { parseArgs } from "node:util";

export const help = `Usage: npm run move -- --from DATA_DIR --to DATABASE_URL [--show-secret]

Takes a community from a single process to the cluster: copies everything from the data folder of npm start into an empty
Postgres. People, passwords, sign-ins, rooms, messages and read marks stay what they are, with their ids and offsets.

  --from DATA_DIR     the folder; nothing may run on it meanwhile, and nothing in it is changed (default: DATA_DIR)
  --to DATABASE_URL   postgres://user:password@host:port/database; the database must be empty (default: DATABASE_URL)
  --show-secret       prints the JWT_SECRET that the cluster has to be given, instead of where it is kept

All or nothing: when this fails, the database is as empty as before. Afterwards start the cluster with the same secret, an
empty Redis and a topic of Kafka without events; docs/operating.md has the steps.`;

export interface MoveWish {
  readonly type: "move";
  readonly from: string;
  readonly to: string;
  readonly showSecret: boolean;
}

export type Wish = { readonly type: "help" } | MoveWish;

/** @throws Error with a sentence */
export function readArguments(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Wish {
  const { values } = parseArgs({
    args: [...words],
    options: {
      from: { type: "string" },
      to: { type: "string" },
      "show-secret": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return { type: "help" };
  const from = values.from ?? env.DATA_DIR;
  const to = values.to ?? env.DATABASE_URL;
  if (!from) throw new Error("--from must name the data folder of the community.");
  if (!to) throw new Error("--to must be the address of a Postgres database.");
  // An address may hold a password, so it is not shown.
  if (!URL.canParse(to) || !/^postgres(ql)?:$/.test(new URL(to).protocol))
    throw new Error("--to must be an address like postgres://user:password@host:port/database.");
  return { type: "move", from, to, showSecret: values["show-secret"] };
}

/** Where that is, without the password. */
export function shownAddress(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}
