/** Pages for signing up, in and out. */
import { Hono } from "hono";
import { type SignedIn, signIn, signUp } from "#domain/accounts.ts";
import { lobbySlug } from "#domain/room.ts";
import { SignInPage, SignUpPage } from "#views/pages/sign-in-page.tsx";
import { WelcomePage } from "#views/pages/welcome-page.tsx";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { entryPlace } from "../client-address.ts";
import { formProblem } from "../form-problem.ts";
import { page } from "../page.tsx";
import { readForm } from "../request-body.ts";
import { keepCookies, knownBrowser, signedOut, signOutHere } from "../session.ts";

export function welcomeRoutes(parts: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  app.get("/", (c) => {
    if (c.get("caller") !== undefined) return c.redirect(`/rooms/${lobbySlug}`, 303);
    return page(c, WelcomePage({ chrome: c.get("chrome")() }));
  });

  const forms = [
    ["/sign-in", SignInPage, signIn],
    ["/sign-up", SignUpPage, signUp],
  ] as const;
  for (const [path, Form, enter] of forms) {
    app.get(path, (c) => {
      const next = ownPath(c.req.query("next"));
      if (c.get("caller") !== undefined) return c.redirect(landing(next), 303);
      return page(
        c,
        Form({ chrome: c.get("chrome")(), next, why: c.req.query("why"), dropped: c.req.query("dropped") === "1" }),
      );
    });

    app.post(path, async (c) => {
      const fields = await readForm(c.req.raw);
      const name = fields.get("name") ?? "";
      const next = ownPath(fields.get("next"));
      const entry = {
        name,
        password: fields.get("password") ?? "",
        ...entryPlace(parts, c),
        browser: knownBrowser(parts, c, name.trim()),
        device: c.req.header("user-agent") ?? "",
      };
      try {
        await stay(c, await enter(parts.ports, entry));
        return c.redirect(landing(next), 303);
      } catch (error) {
        const { problem, status, headers } = formProblem(error, parts.log, c);
        return page(c, Form({ chrome: c.get("chrome")(), name, next, problem }), status, headers);
      }
    });
  }

  app.post("/sign-out", async (c) => {
    const caller = c.get("caller");
    if (caller !== undefined) await signOutHere(parts, caller);
    signedOut(parts, c);
    return c.redirect("/", 303);
  });

  /** A new sign-in replaces the one this browser had. */
  const stay = async (c: GatewayContext, signedIn: SignedIn) => {
    const before = c.get("caller");
    if (before !== undefined) await signOutHere(parts, before);
    keepCookies(parts, c, await parts.tokens.issue(signedIn), signedIn.user);
  };

  return app;
}

/** A message's address gets back the part that browsers keep to themselves, so that it opens at the message without scripts, too. */
export function landing(next = "/"): string {
  const [, offset] = /^\/rooms\/[^/?#]+\?(?:[^#]*&)?at=(\d{1,16})(?:&[^#]*)?$/.exec(next) ?? [];
  return offset === undefined ? next : `${next}#m-${offset}`;
}

/** Where to go after signing in: only within this site. */
export function ownPath(raw: string | undefined): string | undefined {
  return raw !== undefined && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(raw) ? raw : undefined;
}
