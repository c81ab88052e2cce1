/** Sessions that ended while access tokens of theirs are still within their time. Fed by signals, and by the store at start. */
import type { SessionId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";

const rereadEveryMs = 30_000;

export interface Revocations {
  has(session: SessionId): boolean;
  /** Asks the store for what signals may have missed. */
  reread(): Promise<void>;
  close(): Promise<void>;
}

export async function openRevocations(
  ports: Pick<Ports, "sessions" | "signals" | "clock">,
  tokenLifetimeMs: number,
  onRevoked: (sessions: readonly SessionId[]) => void,
): Promise<Revocations> {
  const until = new Map<SessionId, number>();
  const remember = (sessions: readonly SessionId[]) => {
    const now = ports.clock.now();
    // Insertion order is order of expiry, so the front holds what may be forgotten.
    for (const [id, end] of until) {
      if (end > now) break;
      until.delete(id);
    }
    for (const id of sessions) until.set(id, now + tokenLifetimeMs);
  };
  const read = () => ports.sessions.revokedSince(new Date(ports.clock.now() - tokenLifetimeMs).toISOString());
  const reread = async () => {
    const news = (await read()).filter((id) => !until.has(id));
    remember(news);
    if (news.length > 0) onRevoked(news);
  };
  const unsubscribe = await ports.signals.onUsers((_user, signal) => {
    if (signal.type !== "revoked") return;
    remember(signal.sessions);
    onRevoked(signal.sessions);
  });
  remember(await read());
  // Also now and then, for signals that are lost without anybody noticing.
  const timer = setInterval(() => void reread().catch(() => {}), rereadEveryMs);
  timer.unref();
  return {
    has: (session) => until.has(session),
    reread,
    async close() {
      clearInterval(timer);
      await unsubscribe();
    },
  };
}
