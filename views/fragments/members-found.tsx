/** The members of a room, or those of them that a search finds: a part of the page of who is in it, and an answer to its search. */
import type { RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import type { PersonHere, SearchRefused } from "../chrome.ts";
import { roomPath } from "../room-name.ts";
import { PeopleList } from "./people-list.tsx";
import { NotSearched } from "./search-refused.tsx";

export interface MembersFoundProps {
  readonly access: RoomAccess;
  readonly people: readonly PersonHere[];
  readonly next: string | undefined;
  readonly query: string | undefined;
  readonly refused?: SearchRefused | undefined;
  readonly viewer: Author | undefined;
}

export function MembersFound({ access, people, next, query = "", refused, viewer }: MembersFoundProps) {
  const { room } = access;
  const more =
    next === undefined
      ? undefined
      : `${roomPath(room)}/people?${new URLSearchParams({ ...(query === "" ? {} : { q: query }), after: next })}`;
  return (
    <div id="results">
      {refused ? (
        <NotSearched refused={refused} />
      ) : people.length === 0 ? (
        <p class="empty">
          Nobody in this room is called “<bdi>{query}</bdi>”. <a href={`${roomPath(room)}/people`}>See everyone</a>
        </p>
      ) : (
        <PeopleList people={people} viewer={viewer} next={more} withMessage={room.visibility !== "direct"} />
      )}
    </div>
  );
}
