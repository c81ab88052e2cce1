/** Who is in a room and what can be done with it: beside the conversation, and as a page of its own. */
import { raw } from "hono/html";
import type { RoomAccess } from "#domain/room.ts";
import { maxTopicLength } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { maxNameLength } from "#domain/user.ts";
import type { Chrome, PeopleCounts, PersonHere, Problem, SearchRefused } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { FormField, FormProblem } from "../fragments/form-field.tsx";
import { MembersFound } from "../fragments/members-found.tsx";
import { PeopleList, peopleListHtml } from "../fragments/people-list.tsx";
import { RoomTitle } from "../fragments/room-title.tsx";
import { SearchForm } from "../fragments/search-form.tsx";
import { Layout } from "../layout.tsx";
import { roomPath, roomTitle } from "../room-name.ts";

/** As many are seen without a search. */
const fewPeople = 20;

export interface RoomPeopleProps {
  readonly chrome: Chrome;
  readonly access: RoomAccess;
  /** Whether the viewer administers the room. */
  readonly administers: boolean;
  readonly people: readonly PersonHere[];
  /** Cursor of the next page. */
  readonly peopleNext?: string | undefined;
  /** Where it is not a later page, and nobody is searched for. */
  readonly here?: { readonly people: readonly PersonHere[]; readonly counts: PeopleCounts } | undefined;
  readonly query?: string | undefined;
  readonly refused?: SearchRefused | undefined;
  /** The name of who was just invited. */
  readonly invited?: string | undefined;
  /** `field` is "name" for the invitation and "topic" for the topic. */
  readonly problem?: Problem | undefined;
  readonly kept?: { readonly name?: string | undefined; readonly topic?: string | undefined } | undefined;
}

export function RoomPeoplePage({
  chrome,
  access,
  administers,
  people,
  peopleNext,
  here,
  query,
  refused,
  problem,
  kept,
  invited,
}: RoomPeopleProps) {
  const { room, membership } = access;
  const title = roomTitle(access, chrome.viewer);
  const about = room.visibility === "direct" ? "Conversation with" : "People in";
  const path = roomPath(room);
  return (
    <Layout chrome={chrome} title={`${about} ${title}`}>
      <Bar
        title={
          <>
            {about} <RoomTitle access={access} viewer={chrome.viewer} />
          </>
        }
      >
        <a class="button quiet" href={path}>
          Back<span class="wide"> to the room</span>
        </a>
      </Bar>
      <div class="page">
        <FormProblem problem={problem} fields={["name", "topic"]} />
        {invited !== undefined && (
          <p class="notice" role="status">
            The invitation to <bdi>{invited}</bdi> is sent. They are in the room once they accept it.
          </p>
        )}
        {membership !== undefined && room.visibility !== "direct" && (
          <InviteForm path={path} problem={problem} name={kept?.name} />
        )}
        {here !== undefined && here.people.length > 0 && (
          <section aria-labelledby="online">
            <h2 id="online">Online — {here.counts.online}</h2>
            <PeopleList
              people={here.people.filter(({ online }) => online)}
              viewer={chrome.viewer}
              withMessage={room.visibility !== "direct"}
            />
          </section>
        )}
        <section aria-labelledby="members">
          <h2 id="members">{countOf(room.memberCount)}</h2>
          {room.memberCount > fewPeople && (
            <SearchForm
              action={`${path}/people`}
              label="Search the people of this room"
              query={query ?? ""}
              results="#results"
            />
          )}
          <MembersFound {...{ access, people, next: peopleNext, query, refused, viewer: chrome.viewer }} />
        </section>
        {membership !== undefined && (
          <>
            {administers === true && <TopicForm path={path} problem={problem} topic={kept?.topic ?? room.topic} />}
            {administers === true && (
              <p>
                <a href={`${path}/hooks`}>Webhooks</a> let programs post here or follow what happens.
              </p>
            )}
            {room.visibility === "direct" ? (
              <HideForm path={path} />
            ) : (
              <LeaveForm path={path} isPrivate={room.visibility === "private"} />
            )}
          </>
        )}
      </div>
    </Layout>
  );
}

export interface PeopleColumnProps {
  readonly access: RoomAccess;
  /** Who is here first. */
  readonly people: readonly PersonHere[];
  readonly counts?: PeopleCounts | undefined;
  readonly viewer: Author | undefined;
}

export function PeopleColumn({ access, people, counts, viewer }: PeopleColumnProps) {
  const { room, membership } = access;
  return (
    <>
      <h2>People</h2>
      {membership === undefined && <p class="hint">Join to see who is here.</p>}
      {people.length > 0 && <HereAndOthers access={access} people={people} counts={counts} viewer={viewer} />}
      {membership !== undefined && room.visibility !== "direct" && (
        <a class="button quiet" href={`${roomPath(room)}/people`}>
          People and settings
        </a>
      )}
    </>
  );
}

/** Browser code moves people between the two lists, and reads both again when somebody joins or leaves. A string: each room's page has it. */
function HereAndOthers({ access: { room }, people, counts, viewer }: PeopleColumnProps) {
  const [here, others] = [people.filter(({ online }) => online), people.filter(({ online }) => !online)];
  const { online = here.length, others: away = others.length } = counts ?? {};
  return raw(
    `<div class="column" data-count="${room.memberCount}"><h3>Online — <span class="count">${online}</span></h3>` +
      `${peopleListHtml({ people: here, viewer })}<h3${away === 0 ? " hidden" : ""}>Others — <span class="count">${away}</span></h3>` +
      `${peopleListHtml({ people: others, viewer })}</div>`,
  );
}

function InviteForm({ path, problem, name }: { path: string; problem: Problem | undefined; name: string | undefined }) {
  return (
    <form method="post" action={`${path}/invite`} class="inline">
      <FormField
        id="invite"
        label="Invite somebody"
        problem={problem}
        input={{
          name: "name",
          value: name,
          placeholder: "Their name",
          required: true,
          maxlength: maxNameLength,
          autocapitalize: "none",
          autocomplete: "off",
          spellcheck: "false",
        }}
      >
        <button type="submit">Invite</button>
      </FormField>
    </form>
  );
}

function TopicForm({ path, problem, topic }: { path: string; problem: Problem | undefined; topic: string }) {
  return (
    <form method="post" action={`${path}/topic`} class="inline">
      <FormField
        id="topic"
        label="Topic"
        hint="One line that says what this room is for."
        problem={problem}
        input={{ name: "topic", value: topic, maxlength: maxTopicLength, autocomplete: "off" }}
      >
        <button type="submit">Save</button>
      </FormField>
    </form>
  );
}

/** Asks once. */
function LeaveForm({ path, isPrivate }: { path: string; isPrivate: boolean }) {
  return (
    <details class="danger">
      <summary>Leave this room…</summary>
      <form method="post" action={`${path}/leave`}>
        <p>
          {isPrivate ? "You will need a new invitation to come back." : "You can come back whenever you like."} What you
          wrote stays.
        </p>
        <button type="submit" class="danger">
          Leave the room
        </button>
      </form>
    </details>
  );
}

function HideForm({ path }: { path: string }) {
  return (
    <form method="post" action={`${path}/hide`}>
      <p class="hint">It comes back to your list with the next message.</p>
      <button type="submit">Hide this conversation</button>
    </form>
  );
}

function countOf(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
