/** The page of one's devices: see them, sign out one or all. */
import { Hono } from "hono";
import { parseSessionId } from "#domain/ids.ts";
import { endAllSessions, endSession } from "#domain/sessions.ts";
import { SessionsPage } from "#views/pages/sessions-page.tsx";
import type { GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { page } from "../page.tsx";
import { signedOut } from "../session.ts";

export function sessionRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports } = parts;
  const app = new Hono<GatewayEnv>();

  app.get("/sessions", async (c) => {
    const { user, session } = signedIn(c);
    const [chrome, sessions] = await Promise.all([memberChrome(ports, c), ports.sessions.listOf(user.id)]);
    return page(c, SessionsPage({ chrome, sessions, currentSession: session }));
  });

  app.post("/sessions/revoke-all", async (c) => {
    await endAllSessions(ports, signedIn(c).user);
    signedOut(parts, c);
    return c.redirect("/", 303);
  });

  app.post("/sessions/:id/revoke", async (c) => {
    const { user, session } = signedIn(c);
    const id = parseSessionId(c.req.param("id"));
    await endSession(ports, user, id);
    if (id !== session) return c.redirect("/sessions", 303);
    signedOut(parts, c);
    return c.redirect("/", 303);
  });

  return app;
}
