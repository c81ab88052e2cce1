/** The tables, but for those of webhooks (hook-tables.ts) and invitations (invitation-tables.ts). What they mean is in domain/; which rows make which answer is in adapters/postgres/. */
import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { key, offset, time } from "./columns.ts";

export const users = pgTable(
  "users",
  {
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    nameKey: key("name_key").notNull(),
    nameSkeleton: key("name_skeleton").notNull(),
    /** As it is searched. Null: not worked out yet (adapters/postgres/work-out-names.ts). */
    nameFolded: key("name_folded"),
    kind: text("kind").$type<"person" | "bot">().notNull(),
    passwordHash: text("password_hash"),
    createdAt: time("created_at").notNull(),
    /** Without a foreign key: a move copies people row by row, in no order of theirs. */
    ownerId: uuid("owner_id"),
  },
  (t) => [
    primaryKey({ name: "users_pkey", columns: [t.id] }),
    unique("users_name_key_unique").on(t.nameKey),
    unique("users_name_skeleton_unique").on(t.nameSkeleton),
    index("users_owner_id_idx").on(t.ownerId).where(sql`${t.ownerId} is not null`),
    index("users_searched_idx").on(sql`coalesce(${t.nameFolded}, ${t.nameKey})`, t.nameKey),
    index("users_unfolded_idx").on(t.id).where(sql`${t.nameFolded} is null`),
    check("users_kind_check", sql`${t.kind} in ('person', 'bot')`),
  ],
);

export const sessions = pgTable(
  "sessions",
  {
    id: uuid("id").notNull(),
    userId: uuid("user_id").notNull(),
    createdAt: time("created_at").notNull(),
    lastSeenAt: time("last_seen_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    device: text("device").notNull(),
    generation: integer("generation").notNull(),
    exchanged: integer("exchanged"),
    place: text("place"),
  },
  (t) => [
    primaryKey({ name: "sessions_pkey", columns: [t.id] }),
    foreignKey({ name: "sessions_user_id_fkey", columns: [t.userId], foreignColumns: [users.id] }),
    index("sessions_user_id_idx").on(t.userId, t.createdAt),
  ],
);

/** Tokens of programs. The secret itself is nowhere: what comes in is hashed and looked up. */
export const programTokens = pgTable(
  "program_tokens",
  {
    id: uuid("id").notNull(),
    userId: uuid("user_id").notNull(),
    ownerId: uuid("owner_id").notNull(),
    hash: text("hash").notNull(),
    name: text("name").notNull(),
    scopes: jsonb("scopes").$type<readonly string[]>().notNull(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    lastUsedAt: time("last_used_at"),
  },
  (t) => [
    primaryKey({ name: "program_tokens_pkey", columns: [t.id] }),
    unique("program_tokens_hash_unique").on(t.hash),
    foreignKey({ name: "program_tokens_user_id_fkey", columns: [t.userId], foreignColumns: [users.id] }),
    foreignKey({ name: "program_tokens_owner_id_fkey", columns: [t.ownerId], foreignColumns: [users.id] }),
    index("program_tokens_owner_id_idx").on(t.ownerId, t.createdAt),
  ],
);

/** Traces of revoked sessions and tokens: kept as long as a gateway may still believe in one. */
export const revokedSessions = pgTable(
  "revoked_sessions",
  { id: uuid("id").notNull(), revokedAt: time("revoked_at").notNull() },
  (t) => [
    primaryKey({ name: "revoked_sessions_pkey", columns: [t.id] }),
    index("revoked_sessions_revoked_at_idx").on(t.revokedAt),
  ],
);

export const signingKeys = pgTable(
  "signing_keys",
  { kid: text("kid").notNull(), sealed: text("sealed").notNull(), createdAt: time("created_at").notNull() },
  (t) => [primaryKey({ name: "signing_keys_pkey", columns: [t.kid] })],
);

export const rooms = pgTable(
  "rooms",
  {
    id: uuid("id").notNull(),
    slug: key("slug").notNull(),
    name: text("name").notNull(),
    nameKey: key("name_key").notNull(),
    /** As it is searched, and, of a public room, as it must differ to the eye. Null: not worked out yet, or another has this look already. */
    nameFolded: key("name_folded"),
    nameSkeleton: key("name_skeleton"),
    topic: text("topic").notNull().default(""),
    visibility: text("visibility").$type<"public" | "private" | "direct">().notNull(),
    directKey: key("direct_key"),
    createdBy: uuid("created_by").notNull(),
    createdAt: time("created_at").notNull(),
    epoch: text("epoch").notNull(),
    lastOffset: offset("last_offset").notNull().default(0),
    memberCount: integer("member_count").notNull().default(0),
    /** Of a direct room that its second person has not answered yet: who that is, and where the request stands. */
    requestTo: uuid("request_to"),
    requestState: text("request_state").$type<"unanswered" | "requested" | "declined">(),
    /** What was sent while it waited. */
    requestMessages: integer("request_messages").notNull().default(0),
  },
  (t) => [
    primaryKey({ name: "rooms_pkey", columns: [t.id] }),
    unique("rooms_slug_unique").on(t.slug),
    unique("rooms_direct_key_unique").on(t.directKey),
    foreignKey({ name: "rooms_created_by_fkey", columns: [t.createdBy], foreignColumns: [users.id] }),
    check("rooms_visibility_check", sql`${t.visibility} in ('public', 'private', 'direct')`),
    check("rooms_request_state_check", sql`${t.requestState} in ('unanswered', 'requested', 'declined')`),
    uniqueIndex("rooms_name_skeleton_unique").on(t.nameSkeleton).where(sql`${t.visibility} = 'public'`),
    index("rooms_unfolded_idx").on(t.id).where(sql`${t.nameFolded} is null`),
    index("rooms_directory_idx").on(t.nameKey, t.id).where(sql`${t.visibility} = 'public'`),
    index("rooms_request_to_idx").on(t.requestTo, t.createdAt).where(sql`${t.requestTo} is not null`),
    index("rooms_request_by_idx").on(t.createdBy, t.createdAt).where(sql`${t.requestTo} is not null`),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    roomId: uuid("room_id").notNull(),
    userId: uuid("user_id").notNull(),
    joinedAt: time("joined_at").notNull(),
    joinedOffset: offset("joined_offset").notNull(),
    readOffset: offset("read_offset").notNull(),
    /** A direct room that was put away: it comes back with the first message after this offset. */
    hiddenOffset: offset("hidden_offset"),
  },
  (t) => [
    primaryKey({ name: "memberships_pkey", columns: [t.roomId, t.userId] }),
    foreignKey({ name: "memberships_room_id_fkey", columns: [t.roomId], foreignColumns: [rooms.id] }),
    foreignKey({ name: "memberships_user_id_fkey", columns: [t.userId], foreignColumns: [users.id] }),
    index("memberships_user_id_idx").on(t.userId),
  ],
);

/** Authors and members carry no foreign key: a history replayed from the log must not stop at a person who is gone. */
export const roomEvents = pgTable(
  "room_events",
  {
    id: uuid("id").notNull(),
    roomId: uuid("room_id").notNull(),
    roomOffset: offset("room_offset").notNull(),
    type: text("type").notNull(),
    authorId: uuid("author_id").notNull(),
    memberId: uuid("member_id"),
    at: time("at").notNull(),
    /** What the type adds, but for the member. */
    body: jsonb("body").$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [
    primaryKey({ name: "room_events_pkey", columns: [t.roomId, t.roomOffset] }),
    foreignKey({ name: "room_events_room_id_fkey", columns: [t.roomId], foreignColumns: [rooms.id] }),
    /** Edits that still say something, and deletions, by their message. */
    index("room_events_changes_idx")
      .on(t.roomId, sql`(${t.body} ->> 'message')`)
      .where(sql`${t.type} in ('message.edited', 'message.deleted') and ${t.body} ->> 'deleted' is null`),
    /** Replies that a version before stored with the words of what they answer: none, once those were erased. */
    index("room_events_quoting_idx").on(t.roomId, t.roomOffset).where(sql`${t.body} -> 'replyTo' ->> 'text' <> ''`),
  ],
);

/**
 * The one place of each event id. Apart from the events, so that these can be partitioned by room: a partitioned table has
 * no uniqueness across rooms.
 */
export const eventPlaces = pgTable(
  "event_places",
  { id: uuid("id").notNull(), roomId: uuid("room_id").notNull(), roomOffset: offset("room_offset").notNull() },
  (t) => [primaryKey({ name: "event_places_pkey", columns: [t.id] })],
);

/** Messages as they read now, written together with their event at the same place. */
export const messages = pgTable(
  "messages",
  {
    id: uuid("id").notNull(),
    roomId: uuid("room_id").notNull(),
    roomOffset: offset("room_offset").notNull(),
    authorId: uuid("author_id").notNull(),
    text: text("text").notNull(),
    at: time("at").notNull(),
    mentions: jsonb("mentions").$type<readonly string[]>().notNull(),
    /** Null: there was no place for a name, or it is older than this column. */
    named: jsonb("named").$type<readonly string[]>(),
    editedAt: time("edited_at"),
    deleted: boolean("deleted").notNull().default(false),
    /** Of a deleted one: its events say nothing any more. Null: that is yet to be seen to (adapters/postgres/erase-events.ts). */
    erased: boolean("erased"),
    /** Null: none. */
    reactions: jsonb("reactions").$type<readonly Readonly<Record<string, unknown>>[]>(),
    answer: jsonb("answer").$type<Readonly<Record<string, unknown>>>(),
    /** The message that it answers: what that says is read with it. */
    replyTo: uuid("reply_to"),
  },
  (t) => [
    primaryKey({ name: "messages_pkey", columns: [t.roomId, t.roomOffset] }),
    index("messages_growing_idx").on(t.authorId).where(sql`${t.answer} ->> 'state' = 'growing'`),
    index("messages_unerased_idx").on(t.roomId, t.roomOffset).where(sql`${t.deleted} and ${t.erased} is null`),
  ],
);

/** Who is named by a message of someone else. */
export const mentions = pgTable(
  "mentions",
  { userId: uuid("user_id").notNull(), roomId: uuid("room_id").notNull(), roomOffset: offset("room_offset").notNull() },
  (t) => [primaryKey({ name: "mentions_pkey", columns: [t.userId, t.roomId, t.roomOffset] })],
);

/** How far each partition of the log is stored; moved in the transaction that stores it. */
export const logPositions = pgTable(
  "log_positions",
  { partition: text("partition").notNull(), position: offset("position").notNull() },
  (t) => [primaryKey({ name: "log_positions_pkey", columns: [t.partition] })],
);
