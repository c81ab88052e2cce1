/** The page of what waits for somebody's answer. Accepting is joining; of an old page, declining changes nothing. */
import { Hono } from "hono";
import { declineAllRequests } from "#domain/direct-requests.ts";
import { waitingFor } from "#domain/invitations.ts";
import { declineRoom } from "#domain/membership.ts";
import { RequestsPage } from "#views/pages/requests-page.tsx";
import type { GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { page } from "../page.tsx";

export function requestRoutes({ ports }: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  app.get("/requests", async (c) => {
    const { user } = signedIn(c);
    const [chrome, waiting] = await Promise.all([memberChrome(ports, c), waitingFor(ports, user.id)]);
    return page(c, RequestsPage({ chrome, ...waiting }));
  });

  app.post("/rooms/:ref/decline", async (c) => {
    await declineRoom(ports, signedIn(c).user, c.req.param("ref"));
    return c.redirect("/requests", 303);
  });

  app.post("/requests/decline-all", async (c) => {
    await declineAllRequests(ports, signedIn(c).user.id);
    return c.redirect("/requests", 303);
  });

  return app;
}
