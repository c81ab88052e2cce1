/** The devices somebody is signed in on, each to be signed out from here. */
import type { SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { deviceName } from "../device-name.ts";
import { AccountNav } from "../fragments/account-nav.tsx";
import { Bar } from "../fragments/bar.tsx";
import { FormProblem } from "../fragments/form-field.tsx";
import { Icon } from "../fragments/icon.tsx";
import { TimeAgo } from "../fragments/time.tsx";
import { Layout } from "../layout.tsx";

export interface SessionsPageProps {
  readonly chrome: Chrome;
  readonly sessions: readonly Session[];
  /** The one this page was asked for with. */
  readonly currentSession: SessionId;
  readonly problem?: Problem | undefined;
}

export function SessionsPage({ chrome, sessions, currentSession, problem }: SessionsPageProps) {
  return (
    <Layout chrome={chrome} title="Your devices" page="sessions">
      <Bar title="Your devices" />
      <div class="page">
        <AccountNav here="sessions" />
        <FormProblem problem={problem} fields={[]} />
        <p class="lead">You are signed in on these devices. Sign out of any you don't know.</p>
        <ul class="sessions">
          {sessions.map((session) => (
            <Device session={session} here={session.id === currentSession} chrome={chrome} />
          ))}
        </ul>
        <details class="danger">
          <summary>Sign out everywhere…</summary>
          <form method="post" action="/sessions/revoke-all">
            <p>This ends every session, also the one on this device. You will have to sign in again.</p>
            <button type="submit" class="danger">
              Sign out everywhere
            </button>
          </form>
        </details>
      </div>
    </Layout>
  );
}

function Device({ session, here, chrome }: { session: Session; here: boolean; chrome: Chrome }) {
  const name = deviceName(session.device);
  return (
    <li class={here ? "here" : undefined}>
      <Icon name="device" />
      <div>
        <span class="name" title={session.device}>
          {name}
        </span>
        <span class="hint">
          {here ? "This device" : <>Last seen {<TimeAgo at={session.lastSeenAt} chrome={chrome} />}</>}
          {" · signed in "}
          <TimeAgo at={session.createdAt} chrome={chrome} />
        </span>
      </div>
      {here ? (
        <form method="post" action="/sign-out">
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      ) : (
        <form method="post" action={`/sessions/${session.id}/revoke`}>
          <button type="submit" class="quiet" aria-label={`Sign out ${name}`}>
            Sign out
          </button>
        </form>
      )}
    </li>
  );
}
