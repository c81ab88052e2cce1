/** Pages of rows by name. The cursor is the sort key of the last row, so rows that come and go shift nothing. */
import { ChatError } from "#domain/errors.ts";
import { folded, searchForm } from "#domain/fold.ts";
import { isUuid } from "#domain/ids.ts";
import type { Page, PageQuery } from "#domain/ports/index.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

type SortKey = readonly [name: string, id: string];

/** Rows in lower case by name, equal names by id. */
export function byName(a: Named, b: Named): number {
  return compare(keyOf(a), keyOf(b));
}

export function pageByName<Row>(rows: readonly Row[], namedOf: (row: Row) => Named, query: PageQuery): Page<Row> {
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const search = searchForm(query.search ?? "");
  const rest = rows
    .map((row) => ({ row, key: keyOf(namedOf(row)) }))
    .filter(
      ({ row, key }) => folded(namedOf(row).name).includes(search) && (after === undefined || compare(key, after) > 0),
    )
    .sort((a, b) => compare(a.key, b.key));
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const next = last === undefined || rest.length === items.length ? undefined : cursorOf(last.key);
  return { items: items.map(({ row }) => row), next };
}

function keyOf({ name, id }: Named): SortKey {
  return [name.toLowerCase(), id];
}

function compare(a: SortKey, b: SortKey): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

function cursorOf(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function parseCursor(cursor: string): SortKey {
  try {
    const [name, id, ...more]: unknown[] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (typeof name === "string" && typeof id === "string" && isUuid(id) && more.length === 0) return [name, id];
  } catch {
    // Answered below, like every other text that is no cursor.
  }
  throw new ChatError("invalid", "This page does not exist; start again from the first.", { field: "cursor" });
}
