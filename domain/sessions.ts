/** Starting, refreshing and ending sign-ins. Which tokens stand for them is the gateway's business. */
import { ChatError } from "./errors.ts";
import type { SessionId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import { maxDeviceLength, maxSessionsPerPerson, type Session, sessionLifetimeMs } from "./session.ts";
import type { Author } from "./user.ts";

export type SessionPorts = Pick<Ports, "sessions" | "signals" | "clock" | "ids">;

/** Tabs of one browser may present the same token at once: within this time the last one before is no theft. */
export const refreshGraceMs = 30_000;

export async function startSession(ports: SessionPorts, user: Author, device: string): Promise<Session> {
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
  };
  await ports.sessions.create(session);
  const all = await ports.sessions.listOf(user.id);
  for (const old of all.slice(maxSessionsPerPerson)) await endSession(ports, user, old.id);
  return session;
}

/**
 * Exchanges a refresh token: `generation` must be the session's newest. An older one was used before: someone else has
 * it, and the whole session ends. With `grace`, the one just replaced is answered with its successor once more.
 */
export async function refreshSession(
  ports: SessionPorts,
  id: SessionId,
  generation: number,
  options: { readonly grace: boolean },
): Promise<Session> {
  const session = await livingSession(ports, id);
  const now = ports.clock.now();
  if (generation === session.generation) {
    const lastSeenAt = new Date(now).toISOString();
    const expiresAt = new Date(now + sessionLifetimeMs).toISOString();
    if (await ports.sessions.advance(id, generation, lastSeenAt, expiresAt)) {
      return { ...session, generation: generation + 1, lastSeenAt, expiresAt };
    }
    return await refreshSession(ports, id, generation, options);
  }
  if (options.grace && wasJustReplaced(session, generation, now)) return session;
  await ports.sessions.revoke(id, session.user, new Date(now).toISOString());
  await ports.signals.toUser(session.user, { type: "revoked", sessions: [id] });
  throw signedOut("This sign-in was used a second time and has been ended for safety. Sign in again.");
}

/** Whether a refresh token is good, without exchanging it: for callers that could not hand over the next one. */
export async function checkRefresh(ports: SessionPorts, id: SessionId, generation: number): Promise<Session> {
  const session = await livingSession(ports, id);
  if (generation === session.generation || wasJustReplaced(session, generation, ports.clock.now())) return session;
  throw signedOut("Sign in again.");
}

export async function endSession(ports: SessionPorts, user: Author, id: SessionId): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  if (!(await ports.sessions.revoke(id, user.id, at))) throw new ChatError("not-found", "There is no such session.");
  await ports.signals.toUser(user.id, { type: "revoked", sessions: [id] });
}

export async function endAllSessions(ports: SessionPorts, user: Author): Promise<void> {
  const sessions = await ports.sessions.revokeAll(user.id, new Date(ports.clock.now()).toISOString());
  if (sessions.length > 0) await ports.signals.toUser(user.id, { type: "revoked", sessions });
}

async function livingSession(ports: SessionPorts, id: SessionId): Promise<Session> {
  const session = await ports.sessions.byId(id);
  if (session === undefined || Date.parse(session.expiresAt) <= ports.clock.now()) throw signedOut("Sign in again.");
  return session;
}

function wasJustReplaced(session: Session, generation: number, now: number): boolean {
  return generation === session.generation - 1 && now - Date.parse(session.lastSeenAt) < refreshGraceMs;
}

function signedOut(sentence: string): ChatError {
  return new ChatError("unauthenticated", sentence);
}
