/** An ack means that it is on the disk: what is acknowledged survives power cuts, with both engines of a single process. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { openDataFolder } from "#db/data-folder.ts";
import type { Database } from "#db/database.ts";
import { findPostgres } from "#db/native/programs.ts";
import { cutPower, type Hurt } from "../support/power-cuts.ts";

const limitMs = 400_000;
type Engine = "postgres" | "pglite";

test(
  "Postgres: in fifty cuts nothing acknowledged is lost, and every index and table is whole",
  async () => {
    const { cuts, acked, losses } = await cutPower(community("postgres"), 50);
    console.log(`${cuts} cuts, ${acked} acknowledged`);
    expect(losses).toEqual([]);
    expect(acked).toBeGreaterThan(1_000);
  },
  limitMs,
);

test(
  "PGlite: in ten cuts nothing acknowledged is lost",
  async () => {
    const { cuts, acked, losses } = await cutPower(community("pglite"), 10);
    console.log(`${cuts} cuts, ${acked} acknowledged`);
    expect(losses).toEqual([]);
    expect(acked).toBeGreaterThan(200);
  },
  limitMs,
);

test(
  "a Postgres that does not wait for the disk is found out",
  async () => {
    const folder = impatientPostgres();
    const { ids, ...patient } = community("postgres");
    // Mostly it does not even open.
    const found = (opened: string) => ids(opened).catch(() => new Set<string>());
    const { losses } = await cutPower({ ...patient, ids: found, env: { POSTGRES_BIN: folder } }, 3);
    expect(losses.length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true });
  },
  limitMs,
);

function community(engine: Engine): Hurt {
  const find = engine === "pglite" ? { find: () => ({ reason: "PGlite is asked for" }) } : {};
  return {
    program: (folder) => ["tests/support/acking.ts", folder, engine],
    async ids(folder) {
      const database = await openDataFolder(folder, { report: () => undefined, ...find });
      try {
        const rows = (await database.run("select id from room_events", [], "objects")) as { id: string }[];
        if (engine === "postgres") await checkWhole(database);
        return new Set([...rows.map(({ id }) => id), readFileSync(join(folder, "secret"), "utf8")]);
      } finally {
        await database.close();
      }
    },
  };
}

async function checkWhole({ queries }: Database): Promise<void> {
  await queries.execute(sql`create extension if not exists amcheck`);
  await queries.execute(sql`select bt_index_check(c.oid, true) from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am a on a.oid = c.relam where a.amname = 'btree' and i.indisvalid`);
  const broken = await queries.execute(sql`select c.relname, v.msg from pg_class c, verify_heapam(c.oid) v
    where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'pg_catalog'::regnamespace)`);
  expect(broken).toEqual([]);
}

/** The same programs, told to believe the system. */
function impatientPostgres(): string {
  const programs = findPostgres({});
  if ("reason" in programs) throw new Error(programs.reason);
  const folder = mkdtempSync(join(tmpdir(), "superchat-impatient-"));
  Bun.spawnSync(["chmod", "755", folder]);
  writeFileSync(join(folder, "postgres"), `#!/bin/sh\nexec ${programs.postgres} "$@" -c fsync=off\n`, { mode: 0o755 });
  writeFileSync(join(folder, "initdb"), `#!/bin/sh\nexec ${programs.initdb} "$@"\n`, { mode: 0o755 });
  return folder;
}
