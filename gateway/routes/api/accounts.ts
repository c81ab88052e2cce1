/** API: people and their sign-ins. */
import { Hono } from "hono";
import { signIn, signUp } from "#domain/accounts.ts";
import { ChatError } from "#domain/errors.ts";
import { parseSessionId } from "#domain/ids.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import { endAllSessions, endSession, refreshSession } from "#domain/sessions.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../../app-env.ts";
import { clientAddress } from "../../client-address.ts";
import { bearerCaller, signOutHere } from "../../session.ts";
import { credentials, readInput, refreshInput, sessionShape, userShape } from "./shapes.ts";

export function accountRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, tokens } = parts;
  const app = new Hono<GatewayEnv>();
  const entry = async (c: GatewayContext) => ({
    ...(await readInput(c.req.raw, credentials)),
    address: clientAddress(parts.config, c),
    device: c.req.header("user-agent") ?? "",
  });

  app.post("/users", async (c) => {
    const signedIn = await signUp(ports, await entry(c));
    return c.json({ user: userShape(signedIn.user), ...(await tokens.issue(signedIn)) }, 201);
  });

  app.post("/sessions", async (c) => {
    const signedIn = await signIn(ports, await entry(c));
    return c.json({ user: userShape(signedIn.user), ...(await tokens.issue(signedIn)) }, 201);
  });

  app.post("/sessions/refresh", async (c) => {
    const { refreshToken } = await readInput(c.req.raw, refreshInput);
    await spend(ports, rateLimits.refreshPerAddress, clientAddress(parts.config, c));
    const { session: id, generation } = tokens.parseRefresh(refreshToken);
    const session = await refreshSession(ports, id, generation, { grace: false });
    const user = await ports.users.byId(session.user);
    if (user === undefined) throw new ChatError("unauthenticated", "Sign in again.");
    return c.json({ user: userShape(user), ...(await tokens.issue({ user, session })) });
  });

  app.get("/sessions", async (c) => {
    const caller = await bearerCaller(parts, c.req.raw.headers);
    const sessions = await ports.sessions.listOf(caller.user.id);
    return c.json({ items: sessions.map((session) => sessionShape(session, caller.session)), next: null });
  });

  app.delete("/sessions", async (c) => {
    const caller = await bearerCaller(parts, c.req.raw.headers);
    await endAllSessions(ports, caller.user);
    return c.body(null, 204);
  });

  app.delete("/sessions/current", async (c) => {
    await signOutHere(parts, await bearerCaller(parts, c.req.raw.headers));
    return c.body(null, 204);
  });

  app.delete("/sessions/:id", async (c) => {
    const caller = await bearerCaller(parts, c.req.raw.headers);
    await endSession(ports, caller.user, parseSessionId(c.req.param("id")));
    return c.body(null, 204);
  });

  app.get("/me", async (c) => {
    const caller = await bearerCaller(parts, c.req.raw.headers);
    return c.json({ user: userShape(caller.user) });
  });

  return app;
}
