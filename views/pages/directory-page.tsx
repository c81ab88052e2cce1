/** All public rooms, to look through, join, or add to. */
import type { DirectoryEntry } from "#domain/ports/room-store.ts";
import { maxRoomNameLength } from "#domain/room.ts";
import type { Chrome, Problem, SearchRefused } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { FormField, FormProblem } from "../fragments/form-field.tsx";
import { SearchForm } from "../fragments/search-form.tsx";
import { NotSearched } from "../fragments/search-refused.tsx";
import { Layout } from "../layout.tsx";
import { roomPath } from "../room-name.ts";

export interface DirectoryPageProps {
  readonly chrome: Chrome;
  readonly query?: string | undefined;
  readonly entries: readonly DirectoryEntry[];
  /** Cursor of the next page. */
  readonly next?: string | undefined;
  readonly refused?: SearchRefused | undefined;
  readonly problem?: Problem | undefined;
  /** What the form to create a room has, which is open then. */
  readonly kept?: { readonly name?: string | undefined; readonly visibility?: string | undefined } | undefined;
}

export function DirectoryPage({ chrome, query = "", entries, next, refused, problem, kept }: DirectoryPageProps) {
  return (
    <Layout chrome={chrome} title="Browse rooms" page="rooms">
      <Bar title="Browse rooms" />
      <div class="page">
        <FormProblem problem={problem} fields={["name"]} />
        <CreateForm problem={problem} kept={kept} />
        <SearchForm action="/rooms" label="Search rooms" query={query} results="#results" />
        <section id="results" aria-label="Public rooms">
          {refused ? (
            <NotSearched refused={refused} />
          ) : entries.length === 0 ? (
            <NoRooms query={query} />
          ) : (
            <ul class="directory">{entries.map(Entry)}</ul>
          )}
          {next !== undefined && (
            <a class="button quiet" href={`/rooms?${new URLSearchParams({ q: query, after: next })}`}>
              Show more rooms
            </a>
          )}
        </section>
      </div>
    </Layout>
  );
}

function Entry({ room, joined }: DirectoryEntry) {
  return (
    <li>
      <a class="about" href={roomPath(room)}>
        <span class="name">
          <span class="sign">#</span> <bdi>{room.name}</bdi>
        </span>
        <span class="topic">
          <bdi>{room.topic === "" ? "No topic yet" : room.topic}</bdi>
        </span>
        <span class="count">{room.memberCount === 1 ? "1 person" : `${room.memberCount} people`}</span>
      </a>
      {joined ? (
        <span class="joined">Joined</span>
      ) : (
        <form method="post" action={`${roomPath(room)}/join`}>
          <button type="submit" aria-label={`Join ${room.name}`}>
            Join
          </button>
        </form>
      )}
    </li>
  );
}

function NoRooms({ query }: { query: string }) {
  return (
    <p class="empty">
      {query === "" ? (
        "There are no public rooms yet. Create the first one."
      ) : (
        <>
          No public room is called “<bdi>{query}</bdi>”. <a href="/rooms">See all rooms</a>, or{" "}
          <a href={`/rooms?${new URLSearchParams({ new: query })}`}>create it</a>.
        </>
      )}
    </p>
  );
}

function CreateForm({ problem, kept }: Pick<DirectoryPageProps, "problem" | "kept">) {
  const isPrivate = kept?.visibility === "private";
  return (
    <details class="create" open={kept !== undefined}>
      <summary class="button">New room</summary>
      <form method="post" action="/rooms" class="card stack">
        <FormField
          id="room-name"
          label="Name"
          problem={problem}
          input={{
            name: "name",
            value: kept?.name,
            required: true,
            maxlength: maxRoomNameLength,
            autocomplete: "off",
            placeholder: "e.g. book club",
          }}
        />
        <fieldset>
          <legend>Who can join?</legend>
          <label class="choice">
            <input type="radio" name="visibility" value="public" checked={!isPrivate} />
            <span>
              <b>Public</b> Everyone who is signed in here can find, read and join it.
            </span>
          </label>
          <label class="choice">
            <input type="radio" name="visibility" value="private" checked={isPrivate} />
            <span>
              <b>Private</b> Only people who are invited know that it exists, and only members read it.
            </span>
          </label>
        </fieldset>
        <button type="submit" class="primary">
          Create the room
        </button>
      </form>
    </details>
  );
}
