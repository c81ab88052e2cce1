import { expect, test } from "bun:test";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { leftTables, movedTables, nameOf } from "./copied-tables.ts";
import * as hookTables from "./hook-tables.ts";
import * as invitationTables from "./invitation-tables.ts";
import * as levelTables from "./level-tables.ts";
import * as schema from "./schema.ts";

const names = (tables: readonly PgTable[]) => tables.map(nameOf);

test("every table is moved or left on purpose, once", () => {
  const modules = { ...schema, ...hookTables, ...invitationTables, ...levelTables };
  const all = Object.values<unknown>(modules).filter((each) => is(each, PgTable));
  expect(names([...movedTables, ...leftTables]).sort()).toEqual(names(all).sort());
  expect(names(movedTables)).toContain("room_events");
  expect(names(movedTables)).toContain("outgoing_hooks");
  expect(names(leftTables)).toEqual(["log_positions", "seats", "processes"]);
});

test("each table comes after those it refers to", () => {
  const order = names(movedTables);
  for (const table of movedTables)
    for (const { reference } of getTableConfig(table).foreignKeys)
      expect(order.indexOf(nameOf(reference().foreignTable))).toBeLessThan(order.indexOf(nameOf(table)));
});
