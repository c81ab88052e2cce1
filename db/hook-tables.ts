/** The tables of webhooks. */
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { offset, time } from "./columns.ts";
import { rooms, users } from "./schema.ts";

/** A program posts to a room by the secret in its address, which is nowhere: what comes in is hashed and looked up. */
export const incomingHooks = pgTable(
  "incoming_hooks",
  {
    id: uuid("id").notNull(),
    roomId: uuid("room_id").notNull(),
    createdBy: uuid("created_by").notNull(),
    createdAt: time("created_at").notNull(),
    botId: uuid("bot_id").notNull(),
    hash: text("hash").notNull(),
  },
  (t) => [
    primaryKey({ name: "incoming_hooks_pkey", columns: [t.id] }),
    unique("incoming_hooks_hash_unique").on(t.hash),
    foreignKey({ name: "incoming_hooks_room_id_fkey", columns: [t.roomId], foreignColumns: [rooms.id] }),
    foreignKey({ name: "incoming_hooks_bot_id_fkey", columns: [t.botId], foreignColumns: [users.id] }),
    index("incoming_hooks_room_id_idx").on(t.roomId),
  ],
);

/** A room's events go to an address. A claim is a lease that holds until the next try is due. */
export const outgoingHooks = pgTable(
  "outgoing_hooks",
  {
    id: uuid("id").notNull(),
    roomId: uuid("room_id").notNull(),
    createdBy: uuid("created_by").notNull(),
    createdAt: time("created_at").notNull(),
    url: text("url").notNull(),
    sealed: text("sealed").notNull(),
    position: offset("position").notNull(),
    state: text("state").$type<"on" | "off">().notNull(),
    failures: integer("failures").notNull(),
    tookMs: integer("took_ms"),
    failingSince: time("failing_since"),
    lastSuccessAt: time("last_success_at"),
    lastFailureAt: time("last_failure_at"),
    lastFailureReason: text("last_failure_reason"),
    nextTryAt: time("next_try_at").notNull(),
    notice: uuid("notice"),
    lease: text("lease"),
  },
  (t) => [
    primaryKey({ name: "outgoing_hooks_pkey", columns: [t.id] }),
    foreignKey({ name: "outgoing_hooks_room_id_fkey", columns: [t.roomId], foreignColumns: [rooms.id] }),
    index("outgoing_hooks_room_id_idx").on(t.roomId),
    index("outgoing_hooks_due_idx").on(t.nextTryAt).where(sql`${t.state} = 'on' or ${t.notice} is not null`),
    check("outgoing_hooks_state_check", sql`${t.state} in ('on', 'off')`),
  ],
);
