/** Every page in every state, by a name that becomes its URL and its screenshot's. */

import type { TimelineEntry } from "#domain/message.ts";
import type { JoinedRoom, RoomAccess } from "#domain/room.ts";
import { guideOf } from "#gateway/api/guide.ts";
import { openapiDocument } from "#gateway/api/openapi.ts";
import type { Parts } from "#gateway/app-env.ts";
import { apiOperations } from "#gateway/routes/api/operations.ts";
import type { AssetUrls, Chrome } from "#views/chrome.ts";
import { ApiPage, callsOf } from "#views/pages/api-page.tsx";
import { DirectoryPage } from "#views/pages/directory-page.tsx";
import { HooksPage } from "#views/pages/hooks-page.tsx";
import { MessagePage } from "#views/pages/message-page.tsx";
import { PeoplePage } from "#views/pages/people-page.tsx";
import { ProblemPage } from "#views/pages/problem-page.tsx";
import { RequestsPage } from "#views/pages/requests-page.tsx";
import { RoomPage, type RoomPageProps } from "#views/pages/room-page.tsx";
import { RoomPeoplePage } from "#views/pages/room-people-page.tsx";
import { SessionsPage } from "#views/pages/sessions-page.tsx";
import { SignInPage, SignUpPage } from "#views/pages/sign-in-page.tsx";
import { TokensPage } from "#views/pages/tokens-page.tsx";
import { WelcomePage } from "#views/pages/welcome-page.tsx";
import { hooks } from "./sample-hooks.ts";
import { requestTo, waiting } from "./sample-requests.ts";
import { sessions } from "./sample-sessions.ts";
import { bots, tokens } from "./sample-tokens.ts";
import * as sample from "./samples.ts";

/** What the calls are does not depend on what they work with. */
const said = guideOf(openapiDocument(apiOperations({} as Parts)), "https://chat.example.org");
const guide = { overview: said.overview, calls: callsOf(said) };

export function galleryPages(assets: AssetUrls): ReadonlyMap<string, string> {
  const guest: Chrome = { assets, timeZone: "Europe/Berlin", now: sample.now };
  const online = new Set(sample.here.filter((one) => one.online).map(({ id }) => id));
  const chrome: Chrome = {
    ...guest,
    viewer: sample.me,
    rooms: sample.joined,
    online,
    waiting: { invitations: 2, requests: 1 },
  };
  const room = (access: RoomAccess, entries: readonly TimelineEntry[], more: Partial<RoomPageProps> = {}): string =>
    String(
      RoomPage({
        chrome: { ...chrome, current: access.room.id },
        access,
        entries,
        position: { epoch: "e1", offset: 36 },
        people: access.membership ? sample.here : [],
        peopleCounts: { online: 7, others: 241 },
        draftId: sample.eventId(999),
        ...more,
      }),
    );
  const lobby = room(sample.accessTo("lobby"), sample.conversation, { older: 20, previous: sample.opened });
  const directory = sample.joined
    .filter(({ room }) => room.visibility === "public")
    .map(({ room }, index) => ({ room, joined: index % 2 === 0 }));
  const tooShort = { sentence: "A password has at least 8 characters.", field: "password" };
  const wrong = { sentence: "That name and password do not go together. Check both and try again." };
  const pages: Record<string, unknown> = {
    welcome: WelcomePage({ chrome: guest }),
    "sign-in": SignInPage({ chrome: guest, problem: wrong, name: "ana", next: "/rooms/lobby" }),
    "sign-up": SignUpPage({ chrome: guest, problem: tooShort, name: "ana" }),
    room: lobby,
    "room-busy": busy(lobby),
    "room-empty": room(sample.accessTo("typography"), [sample.opened]),
    "room-outside": room(sample.outside, sample.conversation.slice(0, 5)),
    "room-comings": room(sample.accessTo("lobby"), sample.comings),
    "room-unknown": room(sample.outside, []),
    "room-direct": room(sample.joined[6] as RoomAccess, sample.conversation.slice(0, 3), { previous: sample.opened }),
    "room-older": room(sample.accessTo("organisers"), sample.conversation, {
      older: 20,
      newer: 36,
      focus: 24,
      previous: sample.opened,
    }),
    "room-absent": room(sample.accessTo("organisers"), sample.conversation, {
      absent: {
        room: sample.accessTo("organisers").room,
        people: [
          { name: "Jun", wayIn: "ask" },
          { name: "a-name-of-thirty-two-characters", wayIn: "ask" },
          { name: "superchat", wayIn: "at-once" },
          { name: "their-bot", wayIn: undefined },
          { name: "Kim", wayIn: "ask" },
        ],
      },
    }),
    "room-absent-one": room(sample.accessTo("organisers"), sample.conversation, {
      absent: { room: sample.accessTo("organisers").room, people: [{ name: "Jun", wayIn: "ask" }] },
    }),
    "room-problem": room(sample.accessTo("lobby"), sample.conversation, {
      draft: "Hello again",
      replyTo: sample.quote(
        35,
        bots[0] ?? sample.me,
        "The forecast for Saturday: dry, 11 °C, a light wind from the north-west.",
      ),
      problem: { sentence: "You are writing faster than people can read. Wait a few seconds and send it again." },
    }),
    "room-rough": room(sample.roughRoom, sample.rough, { position: { epoch: "e1", offset: 46 } }),
    directory: DirectoryPage({ chrome, entries: directory, next: "x" }),
    "directory-none": DirectoryPage({ chrome, query: "knitting", entries: [] }),
    "directory-new": DirectoryPage({
      chrome,
      entries: directory.slice(0, 2),
      problem: { sentence: "A room of that name exists already.", field: "name" },
      kept: { name: "Knitting", visibility: "private" },
    }),
    requests: RequestsPage({ chrome, ...waiting }),
    "requests-none": RequestsPage({ chrome, invitations: [], requests: [] }),
    "room-request": room(requestTo(sample.me), sample.conversation.slice(0, 1)),
    "room-requested": room(requestTo(bots[0] ?? sample.me), sample.conversation.slice(0, 1)),
    people: PeoplePage({ chrome, people: sample.here, next: "x" }),
    "people-none": PeoplePage({ chrome, query: "zz", people: [] }),
    "room-people": RoomPeoplePage({
      administers: true,
      chrome,
      access: sample.accessTo("lobby"),
      people: sample.here,
      here: { people: sample.here, counts: { online: 7, others: 241 } },
      peopleNext: "x",
      problem: { sentence: "There is nobody of that name.", field: "name" },
      kept: { name: "anna" },
    }),
    hooks: HooksPage({ chrome, access: sample.accessTo("lobby"), hooks, draftId: sample.eventId(997) }),
    "hooks-made": HooksPage({
      chrome,
      access: sample.accessTo("lobby"),
      hooks: hooks.slice(0, 1),
      draftId: sample.eventId(997),
      made: {
        kind: "incoming",
        bot: { name: "release-notes" },
        url: `https://chat.example.org/hooks/superchat_hook_${"Aq7-".repeat(10)}xyz`,
      },
      problem: { sentence: "The address must begin with https://.", field: "url" },
      kept: { url: "ftp://example.org" },
    }),
    message: MessagePage({
      chrome,
      access: sample.joined[0] as JoinedRoom,
      message: sample.ownMessage(),
      draftId: sample.eventId(996),
      problem: { sentence: "Write something first: the message is empty." },
    }),
    "message-conflict": MessagePage({
      chrome,
      access: sample.joined[0] as JoinedRoom,
      message: sample.ownMessage(),
      draftId: sample.eventId(995),
      draft: "What I would rather have said",
      stale: true,
    }),
    sessions: SessionsPage({
      chrome,
      sessions,
      currentSession: (sessions[0] as (typeof sessions)[0]).id,
    }),
    tokens: TokensPage({ chrome, tokens, bots, draftId: sample.eventId(998) }),
    "tokens-made": TokensPage({
      chrome,
      tokens,
      bots,
      draftId: sample.eventId(998),
      made: { ...(tokens[0] as (typeof tokens)[0]), secret: `superchat_${"Aq7-".repeat(10)}xyz` },
    }),
    "tokens-none": TokensPage({
      chrome,
      tokens: [],
      bots: [],
      draftId: sample.eventId(998),
      problem: { sentence: "Choose at least one thing the token may do.", field: "scopes" },
      kept: { name: "nightly export", scopes: [], days: 30, bot: undefined },
    }),
    api: ApiPage({ chrome, ...guide }),
    "api-guest": ApiPage({ chrome: guest, ...guide }),
    "not-found": ProblemPage({
      chrome,
      status: 404,
      title: "Nothing here",
      sentence: "There is no such room, or it is not open to you.",
    }),
    error: ProblemPage({
      chrome: guest,
      status: 500,
      title: "That went wrong",
      sentence: "This is our fault, not yours. Try again in a moment.",
      requestId: "019a8f3c-1d2e",
    }),
  };
  return new Map(Object.entries(pages).map(([name, page]) => [name, String(page)]));
}

/** What browser code adds while people talk and the connection breaks. */
function busy(html: string): string {
  const [, item = ""] = /<template id="pending-template">(.*?)<\/template>/s.exec(html) ?? [];
  const pending = (state: string, text: string, line: string): string =>
    item
      .replace('data-state="sending"', `data-state="${state}"`)
      .replace('dir="auto"></div>', `dir="auto">${text}</div>`)
      .replace('<p class="state"></p>', `<p class="state">${line}</p>`);
  const buttons =
    '<button type="button">Try again</button> <button type="button">Edit</button> <button type="button">Discard</button>';
  const list = `<ol id="pending" aria-label="Not sent yet">${pending("waiting", "On my way", "Not sent yet — retrying")}${pending("refused", "And another one", `You are not a member of this room any more. ${buttons}`)}</ol>`;
  const options =
    '<li id="suggestion-0" role="option" aria-selected="true"><span class="avatar hue-3" aria-hidden="true">BL</span><bdi class="name">Bo.Lindqvist</bdi></li><li role="option" aria-selected="false">🎉 tada</li>';
  return html
    .replace("</ol><template", `</ol>${list}<template`)
    .replace('<div id="status" role="status"></div>', '<div id="status" role="status">Reconnecting…</div>')
    .replace(
      '<div id="typing" aria-live="off"></div>',
      '<div id="typing" aria-live="off">chiara and devon_k are typing…</div>',
    )
    .replace(/(<button id="jump" type="button") hidden(?:="")?/, "$1")
    .replace(/(<ul id="suggestions"[^>]*?) hidden(?:="")?>/, `$1>${options}`);
}
