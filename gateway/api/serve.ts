/** Puts operations at their addresses: who may call, what is taken, how it is answered; and what no operation is at. */
import { Hono } from "hono";
import type { z } from "zod";
import { ChatError } from "#domain/errors.ts";
import { rateLimits, refuseUnlessAllowed } from "#domain/rate-limits.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { HttpProblem } from "../http-problem.ts";
import { rateLimitHeaders } from "../rate-limit-headers.ts";
import { readJson } from "../request-body.ts";
import { bearerCaller, mayDo } from "../session.ts";
import type { Caller } from "../tokens.ts";
import { checkAcceptable, etagOf, hasAlready } from "./negotiate.ts";
import { type Access, hasBodies, type Operation } from "./operation.ts";

export function serveOperations(parts: Parts, operations: readonly Operation[]): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();
  const byPath = Map.groupBy(operations, ({ path }) => path);
  // What is written out wins over a parameter, also for methods that it does not have.
  for (const [path, own] of [...byPath].sort(([a], [b]) => parametersIn(a) - parametersIn(b))) {
    const route = path.replace(/\{(\w+)\}/g, ":$1");
    for (const each of own) app.on(each.method.toUpperCase(), route, (c) => answer(parts, each, c));
    takeNothingElse(
      app,
      route,
      own.map(({ method }) => method.toUpperCase()),
    );
  }
  return app;
}

/** OPTIONS says what an address takes; everything else it does not take is refused with the same. */
export function takeNothingElse(app: Hono<GatewayEnv>, route: string, methods: readonly string[]): void {
  const allow = [...methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)), "OPTIONS"].join(", ");
  app.options(route, (c) => c.body(null, 204, { Allow: allow }));
  app.all(route, () => {
    throw new HttpProblem("method-not-allowed", `This address takes ${allow}.`, { Allow: allow });
  });
}

async function answer(parts: Parts, operation: Operation, c: GatewayContext): Promise<Response> {
  if (hasBodies(operation)) checkAcceptable(c.req.header("accept"));
  const caller = operation.access === "open" ? undefined : await admit(parts, operation.access, c);
  const { status, body } = await operation.handle({
    c,
    caller,
    param: (name: string) => c.req.param(name) ?? "",
    query: operation.query && fit(operation.query, c.req.query(), "query"),
    body: operation.body && fit(operation.body, await readJson(c.req.raw), "body"),
  });
  if (body === undefined) return c.body(null, status as 204);
  const text = JSON.stringify(body);
  const json = { "Content-Type": "application/json" };
  if (operation.etag !== true) return c.body(c.get("bodyOf")(text), status as 200, json);
  const etag = etagOf(text);
  c.header("ETag", etag);
  c.header("Cache-Control", "private, no-cache");
  c.header("Vary", "Authorization");
  return hasAlready(c.req.header("if-none-match"), etag)
    ? c.body(null, 304)
    : c.body(c.get("bodyOf")(text), status as 200, json);
}

/** In this order: who it is, how often, whether it may. */
async function admit({ ports, config, ...parts }: Parts, access: Exclude<Access, "open">, c: GatewayContext) {
  const caller = await bearerCaller({ ports, config, ...parts }, c.req.raw.headers);
  if (config.limits) {
    const limit = rateLimits.requestsPerToken;
    const [taken, ofPerson] = await Promise.all([
      ports.limiter.take(limit, caller.session),
      ports.limiter.take(rateLimits.requestsPerPerson, caller.user.id),
    ]);
    for (const [name, value] of Object.entries(rateLimitHeaders(limit, taken))) c.header(name, value);
    refuseUnlessAllowed(limit, taken);
    refuseUnlessAllowed(rateLimits.requestsPerPerson, ofPerson);
  }
  checkScope(caller, access, c);
  c.set("caller", caller);
  return caller;
}

function checkScope(caller: Caller, access: Exclude<Access, "open">, c: GatewayContext): void {
  if (access === "any") return;
  if (access === "sign-in") {
    if (caller.scopes === undefined) return;
    throw new ChatError("forbidden", "No token of a program does this: sign in with a name and password.");
  }
  if (mayDo(caller, access)) return;
  c.header("WWW-Authenticate", `Bearer realm="superchat", error="insufficient_scope", scope="${access}"`);
  throw new ChatError("forbidden", `This token may not do that: it was made without the scope ${access}.`);
}

/** @throws ChatError invalid naming the first field that does not fit */
function fit<T>(schema: z.ZodType<T>, value: unknown, whole: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || whole;
  const sentence = `The field "${field}" does not fit: ${issue?.message ?? "see /api/docs"}.`.replace(/\.\.$/, ".");
  throw new ChatError("invalid", sentence, { field });
}

function parametersIn(path: string): number {
  return path.split("{").length;
}
