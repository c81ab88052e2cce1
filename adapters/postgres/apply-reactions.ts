/** What reactions leave at their messages: two statements, whatever the batch's size. */
import { sql } from "drizzle-orm";
import type { Queries } from "#db/database.ts";
import { type Reaction, withReaction } from "#domain/reaction.ts";
import { list, places } from "./among.ts";
import type { EventInput } from "./event-rows.ts";

interface ReactedRow extends Record<string, unknown> {
  readonly id: string;
  readonly room: string;
  readonly place: number;
  readonly reactions: readonly Reaction[] | null;
}

/** After edits and deletions of the batch: what is deleted has no reactions, whichever came first. */
export async function applyReactions(queries: Queries, news: readonly EventInput[]): Promise<void> {
  const added = news
    .filter(({ type }) => type === "reaction.added" || type === "reaction.removed")
    .toSorted((one, other) => one.place - other.place);
  if (added.length === 0) return;
  const byMessage = Map.groupBy(added, ({ room, body }) => `${room} ${body.message}`);
  // In one order: who locks the same waits instead of blocking each other.
  const ids = [...new Set(added.map(({ body }) => String(body.message)))].toSorted();
  // Locked: what is read here is written back.
  const rows = await queries.execute<ReactedRow>(sql`
    select p.id, m.room_id as room, m.room_offset as place, m.reactions
    from ${list("uuid", ids)} as wanted(id)
    join lateral (select * from event_places where id = wanted.id limit 1) p on true
    join lateral (
      select * from messages where room_id = p.room_id and room_offset = p.room_offset limit 1 for update) m on true
    where not m.deleted`);
  const changed = rows.flatMap(({ id, room, place, reactions }) => {
    const events = byMessage.get(`${room} ${id}`) ?? [];
    const after = events.reduce(reacted, reactions ?? []);
    return after === reactions ? [] : [{ room, place, reactions: after.length === 0 ? null : after }];
  });
  if (changed.length === 0) return;
  await queries.execute(sql`
    update messages m set reactions = c.reactions
    from ${places("c", "room uuid, place bigint, reactions jsonb", changed)}
    where m.room_id = c.room and m.room_offset = c.place`);
}

function reacted(reactions: readonly Reaction[], { type, author, body }: EventInput): readonly Reaction[] {
  return withReaction(reactions, String(body.emoji), author, type === "reaction.added");
}
