/** Adds a room's row, which is all of a room that does not follow from its events. */
import { and, eq, lt, or, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { memberships, rooms } from "#db/schema.ts";
import { ChatError } from "#domain/errors.ts";
import { folded } from "#domain/fold.ts";
import { roomSkeleton } from "#domain/look-alikes.ts";
import { abandonedMs, type NewRoom, nameTaken, type Room } from "#domain/room.ts";
import { nameKey } from "#domain/user.ts";
import { ask, askTogether, repeated } from "./failures.ts";
import { roomOf } from "./room-rows.ts";

type Made = { readonly room: Room; readonly created: boolean };

export async function createRoom(database: Database, room: NewRoom): Promise<Made> {
  try {
    return await ask(
      database,
      async (queries) => (await insertRoom(queries, room)) ?? (await sharedRoom(queries, room)),
    );
  } catch (error) {
    const taken = repeated(error);
    if (taken === undefined) throw error;
    const made = await insteadOfAbandoned(database, room);
    if (made !== undefined) return made;
    if (taken === "rooms_name_skeleton_unique") throw nameTaken(error);
    throw new ChatError("conflict", "Another room is at this address already.", { cause: error, field: "slug" });
  }
}

/** @returns undefined when the direct room is there already */
export async function insertRoom(queries: Queries, made: NewRoom): Promise<Made | undefined> {
  const { id, slug, name, visibility, createdBy, createdAt, epoch, directKey = null, request } = made;
  const asked = { requestTo: request?.to ?? null, requestState: request?.state ?? null };
  const names = { name, nameKey: nameKey(name), nameFolded: folded(name), nameSkeleton: lookOf(made) };
  const row = { id, slug, ...names, visibility, createdBy, createdAt, epoch, directKey, ...asked };
  const [added] = await queries.insert(rooms).values(row).onConflictDoNothing({ target: rooms.directKey }).returning();
  return added && { room: roomOf({ ...added, offset: added.lastOffset }), created: true };
}

/** Other people's private rooms are nobody's business. */
function lookOf({ name, visibility }: NewRoom): string | null {
  return visibility === "public" ? roomSkeleton(name) : null;
}

export async function sharedRoom(queries: Queries, { directKey }: Pick<NewRoom, "directKey">): Promise<Made> {
  const room = await findDirectRoom(queries, directKey ?? "");
  if (room === undefined) throw new ChatError("conflict", "This conversation was changed meanwhile; try again.");
  return { room, created: false };
}

export async function findDirectRoom(queries: Queries, directKey: string): Promise<Room | undefined> {
  const [row] = await queries.select().from(rooms).where(eq(rooms.directKey, directKey));
  return row && roomOf({ ...row, offset: row.lastOffset });
}

/** Undefined when the name belongs to a room. */
async function insteadOfAbandoned(database: Database, room: NewRoom): Promise<Made | undefined> {
  const before = new Date(Date.parse(room.createdAt) - abandonedMs).toISOString();
  const look = lookOf(room);
  const looksAlike = look === null ? undefined : and(eq(rooms.nameSkeleton, look), eq(rooms.visibility, "public"));
  const inTheWay = or(eq(rooms.slug, room.slug), looksAlike);
  const isEmpty = sql`not exists (select 1 from ${memberships} m where m.room_id = ${rooms.id})`;
  try {
    return await askTogether(database, async (queries) => {
      const gone = await queries
        .delete(rooms)
        .where(and(inTheWay, eq(rooms.lastOffset, 0), lt(rooms.createdAt, before), isEmpty))
        .returning({ id: rooms.id });
      return gone.length === 0 ? undefined : await insertRoom(queries, room);
    });
  } catch (error) {
    // Somebody else was faster.
    if (repeated(error) === undefined) throw error;
    return undefined;
  }
}
