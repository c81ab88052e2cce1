/** A room: its timeline, who is in it, and the composer; for a public room that the viewer has not joined, a way in. */
import { raw } from "hono/html";
import type { EventId } from "#domain/ids.ts";
import type { TimelineEntry } from "#domain/message.ts";
import type { Quote } from "#domain/quote.ts";
import { isRequestFrom, isRequestTo, type Position, type Room, type RoomAccess } from "#domain/room.ts";
import type { Chrome, PeopleCounts, PersonHere, Problem } from "../chrome.ts";
import { escapeHtml } from "../escape.ts";
import { AbsentNotice, type AbsentProps } from "../fragments/absent.tsx";
import { Bar } from "../fragments/bar.tsx";
import { Beginning } from "../fragments/beginning.tsx";
import { Composer, pendingHtml } from "../fragments/composer.tsx";
import { Icon } from "../fragments/icon.tsx";
import { MessageLink, ReadMark, ZoneNote } from "../fragments/no-script.tsx";
import { RequestBar, RequestHint } from "../fragments/request-bar.tsx";
import { RoomSign } from "../fragments/room-list.tsx";
import { RoomTitle } from "../fragments/room-title.tsx";
import { timelineHtml } from "../fragments/timeline.tsx";
import { connectTo, Layout } from "../layout.tsx";
import { roomName, roomPath, roomTitle } from "../room-name.ts";
import { PeopleColumn } from "./room-people-page.tsx";

export interface RoomPageProps {
  readonly chrome: Chrome;
  readonly access: RoomAccess;
  readonly entries: readonly TimelineEntry[];
  /** The entry before the first one shown: decides whether that one is grouped, and whether its day is new. */
  readonly previous?: TimelineEntry | undefined;
  /** `before` of the page above; undefined at the beginning of the room. */
  readonly older?: number | undefined;
  /** `after` of the page below; undefined when the newest entry is shown. */
  readonly newer?: number | undefined;
  /** The newest position: where the live updates go on. */
  readonly position: Position;
  readonly people: readonly PersonHere[];
  readonly peopleCounts?: PeopleCounts | undefined;
  readonly draftId: EventId;
  readonly draft?: string | undefined;
  /** What the draft answers. */
  readonly replyTo?: Quote | undefined;
  readonly problem?: Problem | undefined;
  /** Named in what the viewer just sent, but not in the room. */
  readonly absent?: AbsentProps | undefined;
  /** The offset a permalink leads to. */
  readonly focus?: number | undefined;
  /** The offset at which reading begins; at the newest entry, or the first unread one, where there is none. */
  readonly start?: number | undefined;
}

export function RoomPage(props: RoomPageProps) {
  const { chrome, access, position, people, peopleCounts } = props;
  const { offset } = position;
  const { room, membership } = access;
  // Further back, too, a member's page follows the room: what changes in the messages that are shown changes there.
  const live = membership !== undefined;
  const socket = live ? `/live?room=${room.id}&epoch=${encodeURIComponent(position.epoch)}&after=${offset}` : "/live";
  return (
    <Layout
      chrome={chrome}
      title={roomTitle(access, chrome.viewer)}
      ownSocket
      aside={<PeopleColumn access={access} people={people} counts={peopleCounts} viewer={chrome.viewer} />}
    >
      <section
        id="room"
        aria-label={roomTitle(access, chrome.viewer)}
        data-room={room.id}
        data-ref={room.slug}
        data-epoch={position.epoch}
        data-offset={offset}
        data-read={membership?.readOffset}
        data-live={String(live)}
        data-direct={room.visibility === "direct" || undefined}
        hx-target="#log"
        hx-swap="beforeend"
        {...(chrome.viewer ? connectTo(socket) : {})}
      >
        <RoomBar chrome={chrome} access={access} />
        {raw(conversationHtml(props))}
        <RoomFoot {...props} />
      </section>
    </Layout>
  );
}

function RoomBar({ chrome, access }: Pick<RoomPageProps, "chrome" | "access">) {
  const { room } = access;
  const title = (
    <>
      <RoomSign access={access} online={chrome.online} /> <bdi>{roomName(access, chrome.viewer)}</bdi>
    </>
  );
  return (
    <Bar title={title} signedIn={chrome.viewer !== undefined}>
      {room.topic !== "" && (
        <p class="topic" title={room.topic}>
          <bdi>{room.topic}</bdi>
        </p>
      )}
      {raw(membersHtml(room))}
    </Bar>
  );
}

const icon = String(<Icon name="people" />);

function membersHtml(room: Room): string {
  return (
    `<a class="icon-button members" href="${escapeHtml(roomPath(room))}/people" title="People and settings of this room">${icon} ` +
    `<span class="visually-hidden">People:</span> <span class="count">${room.memberCount}</span></a>`
  );
}

/** A string: each room's page has it. */
function conversationHtml(props: RoomPageProps): string {
  const { chrome, access, entries, previous, older, newer, focus, start } = props;
  const { viewer, timeZone, hour12, now } = chrome;
  const path = escapeHtml(roomPath(access.room));
  const top =
    older === undefined
      ? String(<Beginning viewer={viewer} access={access} />)
      : `<a id="older" href="${path}?before=${older}">Older messages</a>`;
  const below = newer === undefined ? "" : `<a id="newer" href="${path}?after=${newer}">Newer messages</a>`;
  const readOffset = access.membership?.readOffset;
  const page = { timeZone, hour12, now, viewer: viewer?.id, readOffset, focus, start };
  return (
    `<section id="scroller" tabindex="0" aria-label="Conversation">${top}<ol id="log" aria-label="Messages">` +
    `${timelineHtml(entries, previous, page)}</ol>${below}${viewer === undefined ? "" : pendingHtml(viewer)}</section>`
  );
}

const typing = raw('<div id="typing" aria-live="off"></div>');

/** Browser code shows it while the reader is away from the newest message. */
function jumpHtml(path: string, hidden: boolean): string {
  return `<a id="jump" class="button" href="${escapeHtml(path)}"${hidden ? " hidden" : ""}>Jump to latest ↓</a>`;
}

function RoomFoot(props: RoomPageProps) {
  const { chrome, access, entries, focus, newer, draftId, draft, replyTo, problem, absent, position } = props;
  const path = roomPath(access.room);
  const { viewer } = chrome;
  return (
    <footer class="foot">
      {entries.length > 0 && raw(jumpHtml(path, newer === undefined))}
      {typing}
      {access.membership === undefined || viewer === undefined ? (
        <JoinBar access={access} signedIn={viewer !== undefined} problem={problem} focus={focus} />
      ) : isRequestTo(access.room, viewer.id) ? (
        <RequestBar access={access} viewer={viewer} />
      ) : (
        <>
          {isRequestFrom(access.room, viewer.id) && <RequestHint access={access} viewer={viewer} />}
          {absent && <AbsentNotice {...absent} />}
          <Composer {...{ access, viewer, draftId, draft, replyTo, problem }} />
        </>
      )}
      {access.membership !== undefined && focus !== undefined && (
        <MessageLink path={path} entries={entries} focus={focus} />
      )}
      {access.membership !== undefined && newer === undefined && <ReadMark path={path} offset={position.offset} />}
      {entries.length > 0 && <ZoneNote timeZone={chrome.timeZone} />}
    </footer>
  );
}

type JoinBarProps = Pick<RoomPageProps, "access" | "problem" | "focus"> & { readonly signedIn: boolean };

/** Leads to the message that a permalink was for. */
function JoinBar({ access, signedIn, problem, focus }: JoinBarProps) {
  const path = roomPath(access.room);
  const at = focus === undefined ? "" : `?at=${focus}`;
  return (
    <div class="join-bar">
      <p>
        {problem?.sentence ?? (
          <>
            You're previewing{" "}
            <b>
              <RoomTitle access={access} />
            </b>
            . <a href={path}>Check for new messages</a>
          </>
        )}
      </p>
      {signedIn ? (
        <form method="post" action={`${path}/join${at}`}>
          <button type="submit" class="primary">
            Join this room to write
          </button>
        </form>
      ) : (
        <a class="button primary" href={`/sign-in?next=${encodeURIComponent(path + at)}`}>
          Sign in to join
        </a>
      )}
    </div>
  );
}
