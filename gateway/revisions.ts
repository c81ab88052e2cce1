/**
 * What edits and deletions make of messages that somebody may not have read yet: a badge counts each message until it is gone, and a
 * mention while it is there. Which place a message has is remembered for the newest of this gateway, and read once for others, whoever many are told.
 */
import { LRUCache } from "lru-cache";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { isDeletion, isTextChange, type TextChange } from "#domain/message-changes.ts";
import type { EventStore } from "#domain/ports/index.ts";
import { counts } from "#domain/who-changes.ts";

/** Messages that are remembered, over all rooms. */
export const maxRememberedPlaces = 10_000;

/** A message reads otherwise since the event at `at`. */
export interface Revision {
  readonly at: number;
  readonly id: EventId;
  readonly offset: number;
  readonly author: UserId;
  /** Whom it names now. */
  readonly mentions: readonly UserId[];
  readonly deleted: boolean;
  /** Whom it named before, where that is known, and does not any more. */
  readonly unnamed: readonly UserId[];
}

interface Place {
  readonly room: RoomId;
  readonly offset: number;
  readonly author: UserId;
  readonly mentions?: readonly UserId[];
}

export interface Revisions {
  /**
   * Events of one room in order, each once. @returns what they change of messages that are known
   * @param later told of the others, when their place was read; undefined: nobody is there to be told
   */
  among(
    events: readonly RoomEvent[],
    later: ((revisions: readonly Revision[]) => void) | undefined,
  ): readonly Revision[];
}

export function createRevisions(
  events: Pick<EventStore, "find">,
  failed: (error: unknown) => void,
  max = maxRememberedPlaces,
): Revisions {
  const places = new LRUCache<EventId, Place>({ max });

  function revise(change: TextChange, place: Place | undefined): Revision | undefined {
    if (place?.room !== change.room || !counts(change, { id: place.author })) return undefined;
    const { offset, author, mentions: before = [] } = place;
    const deleted = isDeletion(change);
    const mentions = change.type === "message.deleted" ? [] : change.mentions;
    if (deleted) places.delete(change.message);
    else places.set(change.message, { ...place, mentions });
    const unnamed = before.filter((user) => !mentions.includes(user));
    return { at: change.offset, id: change.message, offset, author, mentions, deleted, unnamed };
  }

  async function lookUp(changes: readonly TextChange[]): Promise<readonly Revision[]> {
    const found = await Promise.all(
      changes.map(async (change) => {
        const ref = await events.find(change.message);
        return revise(change, ref && { room: ref.room, offset: ref.offset, author: ref.author });
      }),
    );
    return found.flatMap((revision) => revision ?? []);
  }

  return {
    among(all, later) {
      const known: Revision[] = [];
      const unknown: TextChange[] = [];
      for (const event of all) {
        if (event.type === "message.posted") {
          const { id, room, offset, author, mentions } = event;
          places.set(id, { room, offset, author: author.id, mentions });
        }
        // That an answer of a bot's is complete changes nothing of what is unread.
        if (!isTextChange(event) || (event.type === "message.edited" && event.answer !== undefined)) continue;
        const place = places.get(event.message);
        if (place === undefined) unknown.push(event);
        else known.push(...[revise(event, place)].flatMap((revision) => revision ?? []));
      }
      if (unknown.length > 0 && later !== undefined) {
        lookUp(unknown).then((revisions) => {
          if (revisions.length > 0) later(revisions);
        }, failed);
      }
      return known;
    },
  };
}
