/** The tables of versions that run beside each other (domain/levels.ts). */

import { sql } from "drizzle-orm";
import { boolean, check, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";

/** Every process that reads or writes, from its start to its end. Times are the database's own. */
export const processes = pgTable(
  "processes",
  {
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    role: text("role").notNull(),
    release: text("release").notNull(),
    previous: text("previous").notNull(),
    reads: integer("reads").notNull(),
    writes: integer("writes").notNull(),
    startedAt: time("started_at").notNull().defaultNow(),
    seenAt: time("seen_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ name: "processes_pkey", columns: [t.id] })],
);

/** One row at most; none means the first level. */
export const activeLevel = pgTable(
  "active_level",
  {
    one: boolean("one").notNull().default(true),
    level: integer("level").notNull(),
    /** Since when nothing is in the way of which level. */
    next: integer("next"),
    nextSince: time("next_since"),
  },
  (t) => [primaryKey({ name: "active_level_pkey", columns: [t.one] }), check("active_level_one_check", sql`${t.one}`)],
);
