/** `npm run move`: takes a community that ran in a single process to the database of a cluster. See its --help. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkBuild } from "#adapters/postgres/level-store.ts";
import { openPglite, openPostgres } from "#db/connect.ts";
import { copyAll } from "#db/copy.ts";
import { openDataFolder } from "#db/data-folder.ts";
import type { Database } from "#db/database.ts";
import { thisBuild } from "#domain/levels.ts";
import { keptSecret } from "#gateway/kept-secret.ts";
import { help, type MoveWish, readArguments, shownAddress, type Wish } from "./move/arguments.ts";

const wish = read(process.argv.slice(2));
if (wish.type === "help") console.log(help);
else await run(wish);

function read(words: readonly string[]): Wish {
  try {
    return readArguments(words, process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("npm run move -- --help says what there is.");
    process.exit(2);
  }
}

async function run(moved: MoveWish): Promise<void> {
  try {
    await move(moved);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function move({ from, to, showSecret }: MoveWish): Promise<void> {
  const folder = resolve(from);
  // Opening would make one.
  const kinds = ["postgres", "database"].filter((name) => existsSync(join(folder, name, "PG_VERSION")));
  if (kinds.length === 0)
    throw new Error(`There is no community in ${folder}: it has no database. --from names the DATA_DIR of npm start.`);
  // What a newer version wrote is not copied by halves. One of before stays PGlite's: only its tables are brought up to date.
  const check = (found: Database) => checkBuild(found, thisBuild, { alone: true });
  const source = kinds.includes("postgres")
    ? await openDataFolder(folder, { report: (sentence) => console.error(sentence), check })
    : await openPglite(folder, check);
  try {
    const target = await openPostgres(to, "move", (found) => checkBuild(found, thisBuild));
    try {
      await copyAll(source, target, (table, rows) => console.log(`${table}: ${rows}`));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  console.log(
    `\nAll of it is in ${shownAddress(to)}. ${folder} has all that it had: keep it as a copy, and start nothing on it. What is deleted from now on stays in there.`,
  );
  console.log(await secretSentence(folder, showSecret));
}

async function secretSentence(folder: string, show: boolean): Promise<string> {
  const path = join(folder, "secret");
  if (!existsSync(path))
    return "Start the cluster with the JWT_SECRET that the community had: with another it does not start.";
  if (show)
    return `Start the cluster with this secret; with another it does not start:\nJWT_SECRET=${await keptSecret(folder)}`;
  return `Start the cluster with JWT_SECRET set to what ${path} holds: with another it does not start. --show-secret prints it.`;
}
