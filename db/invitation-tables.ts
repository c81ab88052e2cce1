/** The tables of who is asked into which room, and of who is about to be in one. */
import { index, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";

/** One per room and person, whoever asked. One that was declined is kept for a while, so that it is not repeated at once. */
export const invitations = pgTable(
  "invitations",
  {
    roomId: uuid("room_id").notNull(),
    userId: uuid("user_id").notNull(),
    inviterId: uuid("inviter_id").notNull(),
    createdAt: time("created_at").notNull(),
    declinedAt: time("declined_at"),
  },
  (t) => [
    primaryKey({ name: "invitations_pkey", columns: [t.userId, t.roomId] }),
    index("invitations_inviter_id_idx").on(t.inviterId),
  ],
);

/** Places that joins under way hold, so that the limit of rooms per person counts them before their events are stored. */
export const seats = pgTable(
  "seats",
  { userId: uuid("user_id").notNull(), roomId: uuid("room_id").notNull(), until: time("until").notNull() },
  (t) => [primaryKey({ name: "seats_pkey", columns: [t.userId, t.roomId] })],
);
