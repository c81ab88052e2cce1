/** The page of one's programs: tokens and bots. A secret is in the answer to its form, and nowhere else. */
import { Hono } from "hono";
import { parseProgramTokenId, parseUserId } from "#domain/ids.ts";
import { defaultTokenDays, scopes } from "#domain/program-token.ts";
import { createBot, createProgramToken, listProgramTokens, revokeProgramToken } from "#domain/program-tokens.ts";
import { botField, type KeptToken, TokensPage, type TokensPageProps } from "#views/pages/tokens-page.tsx";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { page } from "../page.tsx";
import { readForm } from "../request-body.ts";

export function tokenRoutes({ ports, programs, log }: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<TokensPageProps> = {}) => {
    const { user } = signedIn(c);
    const [chrome, tokens, bots] = await Promise.all([
      memberChrome(ports, c),
      listProgramTokens(ports, user),
      ports.users.botsOf(user.id),
    ]);
    return TokensPage({ chrome, tokens, bots, draftId: ports.ids.next(), ...own });
  };

  app.get("/tokens", async (c) => page(c, await show(c)));

  app.post("/tokens", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const kept = keptOf(fields);
    try {
      const { secret, hash } = programs.make();
      const wish = {
        id: parseProgramTokenId(fields.get("id") ?? ""),
        name: kept.name,
        scopes: kept.scopes,
        expiresInDays: kept.days,
        bot: kept.bot === undefined ? undefined : parseUserId(kept.bot),
      };
      const made = { ...(await createProgramToken(ports, user, wish, hash)), secret };
      return page(c, await show(c, { made }), 200, { "Cache-Control": "no-store" });
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await show(c, { problem, kept }), status, headers);
    }
  });

  app.post("/tokens/:id/revoke", async (c) => {
    await revokeProgramToken(ports, signedIn(c).user, parseProgramTokenId(c.req.param("id")));
    return c.redirect("/tokens", 303);
  });

  app.post("/bots", async (c) => {
    const { user } = signedIn(c);
    const keptBot = (await readForm(c.req.raw)).get(botField) ?? "";
    try {
      await createBot(ports, user, keptBot);
      return c.redirect("/tokens#token-bot", 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      const own = problem.field === "name" ? { ...problem, field: botField } : problem;
      return page(c, await show(c, { problem: own, keptBot }), status, headers);
    }
  });

  return app;
}

function keptOf(fields: ReadonlyMap<string, string>): KeptToken {
  return {
    name: fields.get("name") ?? "",
    scopes: scopes.filter((scope) => fields.has(`scope:${scope}`)),
    days: Number(fields.get("days") ?? defaultTokenDays),
    bot: fields.get("bot") || undefined,
  };
}
