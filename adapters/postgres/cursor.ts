/**
 * Cursors of pages in the order of a name's key and then the id, and the search in a page. Opaque to callers, never
 * trusted.
 */
import { type SQL, sql } from "drizzle-orm";
import { ChatError } from "#domain/errors.ts";
import { searchForm } from "#domain/fold.ts";
import { isUuid } from "#domain/ids.ts";
import type { Page, PageQuery } from "#domain/ports/index.ts";
import { storable } from "./storable.ts";

interface Place {
  readonly nameKey: string;
  readonly id: string;
}

const maxCursorLength = 1_024;

function writeCursor({ nameKey, id }: Place): string {
  return Buffer.from(JSON.stringify([nameKey, id])).toString("base64url");
}

/** @throws ChatError invalid */
function readCursor(cursor: string): Place {
  try {
    if (cursor.length > maxCursorLength) throw new RangeError("too long");
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(place) && place.length === 2) {
      const [nameKey, id]: unknown[] = place;
      if (typeof nameKey === "string" && nameKey === storable(nameKey) && typeof id === "string" && isUuid(id))
        return { nameKey, id };
    }
    throw new TypeError("not a place");
  } catch (cause) {
    throw new ChatError("invalid", "This page's cursor is not valid; start again from the first page.", {
      cause,
      field: "cursor",
    });
  }
}

/** Rows after the cursor that match the search; `alias` names the table whose name_key and id give the order. */
export function pageCondition({ cursor, search }: PageQuery, alias: string): SQL {
  const [key, id] = [sql.raw(`${alias}.name_key`), sql.raw(`${alias}.id`)];
  const conditions = [sql`true`];
  if (cursor !== undefined) {
    const after = readCursor(cursor);
    conditions.push(sql`(${key}, ${id}) > (${after.nameKey}::text, ${after.id}::uuid)`);
  }
  if (search !== undefined && search !== "") conditions.push(sql`${searched(alias)} like ${containing(search)}`);
  return sql.join(conditions, sql` and `);
}

/** What a name is found by: rows of a version before have no more than their key. As the indexes have it. */
export function searched(alias: string): SQL {
  return sql.raw(`coalesce(${alias}.name_folded, ${alias}.name_key)`);
}

/** One row more than asked for is read, to know whether there is a next page. */
export function rowsToRead({ limit }: PageQuery): number {
  return limit + 1;
}

export function pageOf<Row extends Place, T>(
  rows: readonly Row[],
  { limit }: PageQuery,
  itemOf: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), next: rows.length > limit && last !== undefined ? writeCursor(last) : undefined };
}

function containing(search: string): string {
  return `%${searchForm(storable(search)).replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
