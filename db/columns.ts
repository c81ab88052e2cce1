/** Kinds of columns that the tables share. */
import { bigint, customType, timestamp } from "drizzle-orm/pg-core";

/** Text in the order of its characters' numbers, whatever the server's locale: cursors rely on it. */
export const key = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
export const time = (name: string) => timestamp(name, { precision: 3, withTimezone: true, mode: "string" });
export const offset = (name: string) => bigint(name, { mode: "number" });
