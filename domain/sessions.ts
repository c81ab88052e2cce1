/** Starting, refreshing and ending sign-ins. Which tokens stand for them is the gateway's business. */
import { ChatError } from "./errors.ts";
import type { SessionId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import { maxDeviceLength, type Session, sessionLifetimeMs } from "./session.ts";
import { timeNow } from "./time-now.ts";
import type { Author } from "./user.ts";

export type SessionPorts = Pick<Ports, "sessions" | "signals" | "clock" | "ids">;

/** Tabs of one browser may present the same token at once: within this time the last one before is no theft. */
export const refreshGraceMs = 30_000;
/** An answer may be lost. For so long, as long as an access token is good, the token it was for may be exchanged once more. */
export const refreshAgainMs = 10 * 60_000;
/** One answer after the other. */
export const maxRefreshesAgain = 8;

export interface Start {
  /** What it calls itself. */
  readonly device: string;
  /** Stands for where it is. */
  readonly place?: string | undefined;
}

export async function startSession(ports: SessionPorts, user: Author, { device, place }: Start): Promise<Session> {
  const now = ports.clock.now();
  const session: Session = {
    id: ports.ids.next() as SessionId,
    user: user.id,
    createdAt: new Date(now).toISOString(),
    lastSeenAt: new Date(now).toISOString(),
    expiresAt: new Date(now + sessionLifetimeMs).toISOString(),
    device: device
      .replace(/[\p{Cc}\p{Cf}]/gu, "")
      .slice(0, maxDeviceLength)
      .toWellFormed(),
    generation: 0,
    ...(place === undefined ? {} : { place }),
  };
  const ended = await ports.sessions.create(session);
  if (ended.length > 0) await ports.signals.toUser(user.id, { type: "revoked", sessions: ended });
  return session;
}

/**
 * Exchanges a refresh token: `generation` must be the session's newest. An older one was used before: someone else has it, and the whole
 * session ends. With `again`, the one exchanged last is taken once more, for a browser can't know that an answer to it was lost:
 *
 * - within refreshGraceMs it gets the same successor, because other tabs may have that already;
 * - then, within refreshAgainMs, it gets another one, and the successor of before is good for nothing any more. Whoever holds that one
 *   shows at its next exchange that there are two of them, and the session ends: nobody can share a session for longer than that.
 */
export async function refreshSession(
  ports: SessionPorts,
  id: SessionId,
  generation: number,
  options: { readonly again: boolean },
): Promise<Session> {
  const session = await livingSession(ports, id);
  const now = ports.clock.now();
  const isNewest = generation === session.generation;
  if (options.again && wasJustReplaced(session, generation, now)) return session;
  if (isNewest || (options.again && mayComeAgain(session, generation, now))) {
    const lastSeenAt = new Date(now).toISOString();
    const expiresAt = new Date(now + sessionLifetimeMs).toISOString();
    // Coming again leaves one out: so the one before the newest is always one that was exchanged, never one that is good for nothing.
    const next = { generation: session.generation + (isNewest ? 1 : 2), exchanged: generation, lastSeenAt, expiresAt };
    if (await ports.sessions.advance(id, session.generation, next)) return { ...session, ...next };
    return await refreshSession(ports, id, generation, options);
  }
  await ports.sessions.revoke(id, session.user, new Date(now).toISOString());
  await ports.signals.toUser(session.user, { type: "revoked", sessions: [id] });
  throw signedOut("This sign-in was used a second time and has been ended for safety. Sign in again.");
}

/** Whether a refresh token is good, without exchanging it: for callers that could not hand over the next one. */
export async function checkRefresh(ports: SessionPorts, id: SessionId, generation: number): Promise<Session> {
  const session = await livingSession(ports, id);
  const now = ports.clock.now();
  if (generation === session.generation || wasJustReplaced(session, generation, now)) return session;
  if (mayComeAgain(session, generation, now)) return session;
  throw signedOut("Sign in again.");
}

export async function endSession(ports: SessionPorts, user: Author, id: SessionId): Promise<void> {
  const at = timeNow(ports);
  if (!(await ports.sessions.revoke(id, user.id, at))) throw new ChatError("not-found", "There is no such session.");
  await ports.signals.toUser(user.id, { type: "revoked", sessions: [id] });
}

export async function endAllSessions(ports: SessionPorts, user: Author): Promise<void> {
  const sessions = await ports.sessions.revokeAll(user.id, timeNow(ports));
  if (sessions.length > 0) await ports.signals.toUser(user.id, { type: "revoked", sessions });
}

async function livingSession(ports: SessionPorts, id: SessionId): Promise<Session> {
  const session = await ports.sessions.byId(id);
  if (session === undefined || Date.parse(session.expiresAt) <= ports.clock.now()) throw signedOut("Sign in again.");
  return session;
}

/** A gateway of an older version notes no `exchanged`, and goes one further each time. */
function wasJustReplaced(session: Session, generation: number, now: number): boolean {
  const isLast = generation === session.exchanged || generation === session.generation - 1;
  return isLast && now - Date.parse(session.lastSeenAt) < refreshGraceMs;
}

function mayComeAgain(session: Session, generation: number, now: number): boolean {
  const times = Math.floor((session.generation - generation) / 2);
  return (
    generation === session.exchanged &&
    times < maxRefreshesAgain &&
    now - Date.parse(session.lastSeenAt) < refreshAgainMs
  );
}

function signedOut(sentence: string): ChatError {
  return new ChatError("unauthenticated", sentence);
}
