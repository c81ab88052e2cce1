/** What waits for the viewer's answer: invitations to rooms, and messages of people they did not answer yet. */
import type { Invitation, MessageRequest } from "#domain/ports/index.ts";
import type { Chrome } from "../chrome.ts";
import { Avatar } from "../fragments/avatar.tsx";
import { Bar } from "../fragments/bar.tsx";
import { RoomSign } from "../fragments/room-list.tsx";
import { TimeAgo } from "../fragments/time.tsx";
import { Layout } from "../layout.tsx";

export interface RequestsPageProps {
  readonly chrome: Chrome;
  readonly invitations: readonly Invitation[];
  readonly requests: readonly MessageRequest[];
}

export function RequestsPage({ chrome, invitations, requests }: RequestsPageProps) {
  return (
    <Layout chrome={chrome} title="Invitations and requests" page="requests">
      <Bar title="Invitations and requests" />
      <div class="page">
        <section aria-labelledby="invitations">
          <h2 id="invitations">Invitations</h2>
          {invitations.length === 0 ? (
            <p class="empty">Nobody has invited you to a room.</p>
          ) : (
            <ul class="requests">
              {invitations.map((invitation) => (
                <InvitationItem chrome={chrome} invitation={invitation} />
              ))}
            </ul>
          )}
        </section>
        <section aria-labelledby="messages">
          <h2 id="messages">Message requests</h2>
          {requests.length === 0 ? (
            <p class="empty">No message requests.</p>
          ) : (
            <>
              <p class="hint">
                From people you have not talked to yet. You can read what they wrote first. They are not told if you
                decline.
              </p>
              <ul class="requests">
                {requests.map((request) => (
                  <RequestItem chrome={chrome} request={request} />
                ))}
              </ul>
            </>
          )}
          {requests.length > 1 && (
            <form method="post" action="/requests/decline-all">
              <button type="submit" class="quiet">
                Decline all message requests
              </button>
            </form>
          )}
        </section>
      </div>
    </Layout>
  );
}

function InvitationItem({ chrome, invitation }: { chrome: Chrome; invitation: Invitation }) {
  const { room, by, at } = invitation;
  return (
    <li>
      <div class="about">
        <span class="name">
          <RoomSign access={{ room, peer: undefined }} /> <bdi>{room.name}</bdi>
        </span>
        <span class="hint">
          <bdi>{by.name}</bdi> invited you <TimeAgo at={at} chrome={chrome} />
        </span>
      </div>
      <Answers room={room.id} about={room.name} />
    </li>
  );
}

function RequestItem({ chrome, request }: { chrome: Chrome; request: MessageRequest }) {
  const { room, slug, from, at } = request;
  return (
    <li>
      <Avatar id={from.id} name={from.name} />
      <div class="about">
        <a class="name" href={`/rooms/${encodeURIComponent(slug)}`}>
          <bdi>{from.name}</bdi>
        </a>
        <span class="hint">
          wrote to you <TimeAgo at={at} chrome={chrome} />
        </span>
      </div>
      <Answers room={room} about={from.name} />
    </li>
  );
}

function Answers({ room, about }: { room: string; about: string }) {
  return (
    <div class="answers">
      <form method="post" action={`/rooms/${room}/decline`}>
        <button type="submit" class="quiet" aria-label={`Decline ${about}`}>
          Decline
        </button>
      </form>
      <form method="post" action={`/rooms/${room}/join`}>
        <button type="submit" class="primary" aria-label={`Accept ${about}`}>
          Accept
        </button>
      </form>
    </div>
  );
}
