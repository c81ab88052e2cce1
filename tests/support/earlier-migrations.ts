/** The migrations as they were in an earlier version. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @param folder is made @param count of them, the first ones @returns the folder */
export function earlierMigrations(folder: string, count: number): string {
  cpSync(join(import.meta.dir, "../../db/migrations"), folder, { recursive: true });
  const journal = join(folder, "meta", "_journal.json");
  const { entries, ...rest } = JSON.parse(readFileSync(journal, "utf8")) as { entries: readonly unknown[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
  return folder;
}
