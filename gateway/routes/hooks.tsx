/** The page of a room's webhooks, for who administers it. A secret is in the answer to its form, and nowhere else. */
import { Hono } from "hono";
import { memberAccess } from "#domain/access-room.ts";
import { createIncomingHook, createOutgoingHook, listHooks, removeHook, switchHookOn } from "#domain/hooks.ts";
import { parseHookId } from "#domain/ids.ts";
import { HooksPage, type HooksPageProps, type MadeHook } from "#views/pages/hooks-page.tsx";
import { roomPath } from "#views/room-name.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { page } from "../page.tsx";
import { readForm } from "../request-body.ts";
import { incomingHookUrl } from "./incoming-hooks.ts";

export function hookRoutes({ ports, config, hookSecrets, log }: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<HooksPageProps> = {}) => {
    const { user } = signedIn(c);
    const ref = c.req.param("ref") ?? "";
    const hooks = await listHooks(ports, user, ref);
    const access = await memberAccess(ports, user, ref);
    const chrome = await memberChrome(ports, c, access);
    return HooksPage({ chrome, access, hooks, draftId: ports.ids.next(), ...own });
  };

  const make = async (c: GatewayContext, kept: HooksPageProps["kept"], work: () => Promise<MadeHook>) => {
    try {
      const made = await work();
      return page(c, await show(c, { made }), 200, { "Cache-Control": "no-store" });
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await show(c, { problem, kept }), status, headers);
    }
  };

  app.get("/rooms/:ref/hooks", async (c) => page(c, await show(c)));

  app.post("/rooms/:ref/hooks/incoming", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const name = fields.get("name") ?? "";
    return await make(c, { name }, async () => {
      const { secret, hash } = hookSecrets.makeIncoming();
      const wish = { room: c.req.param("ref"), name, id: parseHookId(fields.get("id") ?? ""), asItself: false };
      const { bot } = await createIncomingHook(ports, user, wish, hash);
      return { kind: "incoming", bot, url: incomingHookUrl(config, c, secret) };
    });
  });

  app.post("/rooms/:ref/hooks/outgoing", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const url = fields.get("url") ?? "";
    return await make(c, { url }, async () => {
      const { secret, sealed } = await hookSecrets.makeOutgoing();
      const wish = { room: c.req.param("ref"), url, id: parseHookId(fields.get("id") ?? "") };
      const hook = await createOutgoingHook(ports, user, wish, sealed);
      return { kind: "outgoing", url: hook.url, secret };
    });
  });

  app.post("/rooms/:ref/hooks/:id/on", async (c) => {
    const { ref, id } = c.req.param();
    const { room } = await switchHookOn(ports, signedIn(c).user, ref, parseHookId(id));
    return c.redirect(`${roomPath(room)}/hooks`, 303);
  });

  app.post("/rooms/:ref/hooks/:id/delete", async (c) => {
    const { ref, id } = c.req.param();
    const room = await removeHook(ports, signedIn(c).user, ref, parseHookId(id));
    return c.redirect(`${roomPath(room)}/hooks`, 303);
  });

  return app;
}
