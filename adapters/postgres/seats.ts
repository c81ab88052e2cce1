/** Places in rooms that joins under way hold: counted together with memberships, under a lock per person. */
import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { seats } from "#db/invitation-tables.ts";
import { ChatError, isChatError } from "#domain/errors.ts";
import type { RoomStore } from "#domain/ports/index.ts";
import { maxRoomsPerPerson } from "#domain/room.ts";
import { ask } from "./failures.ts";
import { withinLimit } from "./within-limit.ts";

export function createSeats(database: Database): Pick<RoomStore, "takeSeat" | "leaveSeat"> {
  return {
    async takeSeat(user, room, now, until) {
      const others = sql`
        select m.room_id from memberships m join rooms r on r.id = m.room_id
        where m.user_id = ${user}::uuid and m.room_id <> ${room}::uuid and r.visibility <> 'direct'
        union select s.room_id from seats s
        where s.user_id = ${user}::uuid and s.room_id <> ${room}::uuid and s.until > ${now}::timestamptz`;
      const limit = {
        key: `rooms of ${user}`,
        max: maxRoomsPerPerson,
        async count(queries: Pick<Database["queries"], "execute">) {
          const [row] = await queries.execute<{ number: number }>(
            sql`select count(*)::int as number from (${others}) as found`,
          );
          return row?.number ?? 0;
        },
        full: () => new ChatError("forbidden", "There is no place left."),
      };
      try {
        await withinLimit(database, limit, async (queries) => {
          await queries.delete(seats).where(and(eq(seats.userId, user), lte(seats.until, now)));
          await queries
            .insert(seats)
            .values({ userId: user, roomId: room, until })
            .onConflictDoUpdate({ target: [seats.userId, seats.roomId], set: { until } });
        });
        return true;
      } catch (error) {
        if (isChatError(error, "forbidden")) return false;
        throw error;
      }
    },

    async leaveSeat(user, room) {
      const own = and(eq(seats.userId, user), eq(seats.roomId, room));
      await ask(database, (queries) => queries.delete(seats).where(own));
    },
  };
}
