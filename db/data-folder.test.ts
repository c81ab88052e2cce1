import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { memoryFolder } from "#tests/support/memory-folder.ts";
import { openPglite } from "./connect.ts";
import { openDataFolder } from "./data-folder.ts";
import type { Database } from "./database.ts";
import { findPostgres, type PostgresPrograms } from "./native/programs.ts";

const openWithinMs = 60_000;
const root = memoryFolder("folder");
// So that the server's user may come to what it is to run.
chmodSync(root, 0o711);
afterAll(() => rmSync(root, { recursive: true }));

const said: string[] = [];
const report = (sentence: string) => void said.push(sentence);
const open = (folder: string) => openDataFolder(folder, { report });

const addKey = ({ queries }: Database, kid: string) =>
  queries.execute(sql`insert into signing_keys (kid, sealed, created_at) values (${kid}, '', now())`);

async function keys({ queries }: Database): Promise<string[]> {
  const rows = await queries.execute<{ kid: string }>(sql`select kid from signing_keys order by kid`);
  return rows.map(({ kid }) => kid);
}

/** Opens, works, closes. */
async function using<T>(opening: Promise<Database>, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await opening;
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const refusal = (opening: Promise<Database>) =>
  opening.then(
    () => "opened",
    (error: Error) => error.message,
  );

test(
  "a new folder has a Postgres of its own that its user alone can read, waits for the disk, and is opened by one at a time",
  async () => {
    const folder = join(root, "new");
    await using(open(folder), async (database) => {
      await addKey(database, "first");
      const asked = ["fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses"];
      const rows = await database.queries.execute<{ name: string; setting: string }>(
        sql`select name, setting from pg_settings where name in ${asked}`,
      );
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
        fsync: "on",
        synchronous_commit: "on",
        full_page_writes: "on",
        data_checksums: "on",
        listen_addresses: "",
      });
      expect(await refusal(open(folder))).toContain(`in use by Superchat process ${process.pid};`);
    });
    for (const name of ["postgres", "postgres-socket"]) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    expect(await using(open(folder), keys)).toEqual(["first"]);
    expect(said).toEqual([]);
  },
  openWithinMs,
);

const old = join(root, "old");
/** Has an initdb that works, and a server that does not start. */
function withoutSockets(): PostgresPrograms {
  const programs = findPostgres();
  if ("reason" in programs) throw new Error(programs.reason);
  const postgres = join(root, "without-sockets");
  const says = "FATAL:  could not create any Unix-domain sockets";
  writeFileSync(postgres, `#!/bin/sh\necho '${says}' >&2; exit 1`, { mode: 0o755 });
  return { ...programs, postgres };
}
const without = () => openDataFolder(old, { report, find: () => ({ reason: "there is none" }) });

test(
  "where no Postgres starts, PGlite keeps the community, and a sentence says so",
  async () => {
    await using(without(), async (database) => await addKey(database, "from before"));
    expect(said.splice(0)).toEqual([expect.stringMatching(/^No Postgres starts here \(there is none\)/)]);
    expect(await using(openDataFolder(old, { report, find: withoutSockets }), keys)).toEqual(["from before"]);
    expect(said.splice(0)).toEqual([
      expect.stringMatching(/^No Postgres starts here \(Postgres says: .+: could not create any Unix-domain sockets\)/),
    ]);
    expect(readdirSync(old)).not.toContain("postgres");
    expect(readdirSync(old)).not.toContain("postgres.new");
  },
  openWithinMs,
);

test(
  "a folder of PGlite's moves once with all it holds, stays as it was beside, and is kept from older ones",
  async () => {
    // Of a move that was killed.
    mkdirSync(join(old, "postgres.new"));
    writeFileSync(join(old, "postgres.new", "PG_VERSION"), "18");
    const leftOver = Bun.spawn(["sleep", "60"], { cwd: join(old, "postgres.new") });
    writeFileSync(join(old, "postgres.new", "postmaster.pid"), `${leftOver.pid}\n`);
    expect(await using(open(old), keys)).toEqual(["from before"]);
    expect(await leftOver.exited).toBe(128 + constants.signals.SIGINT);
    expect(said.splice(0)).toEqual([
      "The community moves from PGlite to a Postgres of its own. This happens once.",
      `The community is kept by Postgres now. ${join(old, "database-before-postgres")} holds what PGlite had, with its tables brought up to date: what is deleted from now on stays in there, so remove it when nobody needs it.`,
    ]);
    expect(
      await using(open(old), async (database) => {
        await addKey(database, "since");
        return await keys(database);
      }),
    ).toEqual(["from before", "since"]);
    expect(said).toEqual([]);
    expect(await refusal(openPglite(old))).toContain(
      "it is of Postgres 18 in the folder postgres beside it, where a newer Superchat keeps it, and this Superchat reads 18.",
    );
    // A start that was killed right after the move has not kept it from them yet.
    writeFileSync(join(old, "database", "PG_VERSION"), "");
    expect(await using(open(old), keys)).toEqual(["from before", "since"]);
    expect(await refusal(openPglite(old))).toContain("where a newer Superchat keeps it");
    const kept = join(root, "kept");
    mkdirSync(kept);
    renameSync(join(old, "database-before-postgres"), join(kept, "database"));
    expect(await using(openPglite(kept), keys)).toEqual(["from before"]);
  },
  openWithinMs,
);

test(
  "one that can't be opened is to be replaced only where it is damaged",
  async () => {
    chmodSync(join(old, "postgres"), 0o755);
    expect(await refusal(open(old))).toMatch(
      /^The database in .+ has invalid permissions\. .+: what it holds is whole\.$/,
    );
    chmodSync(join(old, "postgres"), 0o700);
    expect(await using(open(old), keys)).toEqual(["from before", "since"]);
    const damaged = join(root, "damaged");
    cpSync(old, damaged, { recursive: true });
    rmSync(join(damaged, "postgres/base"), { recursive: true });
    if (process.getuid?.() === 0) Bun.spawnSync(["chown", "-R", `${statSync(join(old, "postgres")).uid}`, damaged]);
    expect(await refusal(open(damaged))).toMatch(
      /database "postgres" does not exist\. Restore it from a copy, or move/,
    );
  },
  openWithinMs,
);

test("what Postgres keeps is not begun anew where none starts", async () => {
  expect(await refusal(without())).toBe(
    `The community in ${old} is kept by Postgres 18, and none starts here: there is none. Install it, or name its folder in POSTGRES_BIN.`,
  );
});

const unread: [what: string, files: Record<string, string>, why: string][] = [
  ["has lost its version", { base: "" }, "it is of Postgres ?, and this Superchat reads 18."],
  ["has an empty version", { base: "", PG_VERSION: "" }, "it is of Postgres ?, and this Superchat reads 18."],
  ["is of an older version", { base: "", PG_VERSION: "17\n" }, "it is of Postgres 17, and this Superchat reads 18."],
  ["has something else in it", { notes: "" }, "it is of Postgres ?, and this Superchat reads 18."],
  [
    "has moved to a folder that is not there",
    { PG_VERSION: "18 in the folder postgres beside it, where a newer Superchat keeps it\n" },
    "postgres, and there is no such folder.",
  ],
];

test.each(unread)(
  "a folder of PGlite's that %s is refused and left, and nothing begins beside it",
  async (what, files, why) => {
    const folder = join(root, what);
    mkdirSync(join(folder, "database"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "database", name), text);
    for (const find of [undefined, () => ({ reason: "there is none" })])
      expect(await refusal(openDataFolder(folder, { report, ...(find && { find }) }))).toContain(
        `${why} Restore it from a copy, or choose another DATA_DIR.`,
      );
    expect(readdirSync(join(folder, "database")).sort()).toEqual(Object.keys(files).sort());
    expect(existsSync(join(folder, "postgres"))).toBe(false);
  },
);

test("a folder of another version is refused as it is", async () => {
  const folder = join(root, "nineteen");
  mkdirSync(join(folder, "postgres"), { recursive: true });
  writeFileSync(join(folder, "postgres", "PG_VERSION"), "19\n");
  expect(await refusal(open(folder))).toContain("it is of Postgres 19, and this Superchat reads 18.");
});
