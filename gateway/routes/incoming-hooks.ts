/** The address of an incoming webhook: whoever knows it posts, as Slack's take it. No cookie counts here, and no origin. */
import { Hono } from "hono";
import { z } from "zod";
import { ChatError } from "#domain/errors.ts";
import { refuseOrphaned } from "#domain/hooks.ts";
import { parseEventId } from "#domain/ids.ts";
import { rateLimits, refuseUnlessAllowed } from "#domain/rate-limits.ts";
import { messageFromSlack } from "#domain/slack-message.ts";
import { takeNothingElse } from "../api/serve.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { HttpProblem } from "../http-problem.ts";
import { rateLimitHeaders } from "../rate-limit-headers.ts";
import { publicOrigin } from "../reached-by.ts";
import { readForm, readJson } from "../request-body.ts";
import { send } from "../send.ts";

const incomingHookPath = "/hooks";
const route = `${incomingHookPath}/:secret`;

/** Read leniently, as Slack does: of what has another shape than it should, nothing is shown. */
const payload = z.looseObject({ id: z.string().optional() });

export function incomingHookRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, config, hookSecrets } = parts;
  const app = new Hono<GatewayEnv>();

  app.post(route, async (c) => {
    const hash = hookSecrets.hashOf(c.req.param("secret"));
    const found = hash === undefined ? undefined : await ports.hooks.byHash(hash);
    if (found === undefined) throw new ChatError("not-found", "There is no such webhook. It may have been deleted.");
    const { hook, bot } = found;
    if (config.limits) {
      const limit = rateLimits.messagesPerHook;
      const taken = await ports.limiter.take(limit, hook.id);
      for (const [name, value] of Object.entries(rateLimitHeaders(limit, taken))) c.header(name, value);
      refuseUnlessAllowed(limit, taken);
    }
    const { id, ...content } = await readPayload(c);
    const text = messageFromSlack(content);
    if (text === "") throw nothingToShow("text");
    const draft = { room: hook.room, text, id: id === undefined ? undefined : parseEventId(id) };
    await refuseOrphaned(ports, hook);
    await send(parts, bot, draft);
    return c.text("ok");
  });
  takeNothingElse(app, route, ["POST"]);
  return app;
}

/** As whoever posts reaches this server. */
export function incomingHookUrl(config: Parts["config"], c: GatewayContext, secret: string): string {
  return `${publicOrigin(config, c.req.raw.headers, c.req.url)}${incomingHookPath}/${secret}`;
}

/** JSON, or the same JSON in the field "payload" of a form. */
async function readPayload(c: GatewayContext): Promise<z.output<typeof payload>> {
  const isForm = c.req.header("content-type")?.toLowerCase().startsWith("application/x-www-form-urlencoded");
  const parsed = payload.safeParse(
    isForm ? parse((await readForm(c.req.raw)).get("payload")) : await readJson(c.req.raw),
  );
  if (parsed.success) return parsed.data;
  throw nothingToShow(parsed.error.issues[0]?.path.join(".") || "text");
}

function nothingToShow(field: string): ChatError {
  const sentence = 'Send an object with "text", "blocks" or "attachments", such as {"text": "The build is done."}.';
  return new ChatError("invalid", sentence, { field });
}

function parse(text: string | undefined): unknown {
  if (text === undefined) throw new ChatError("invalid", 'A form needs the field "payload".', { field: "payload" });
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem("malformed", 'The field "payload" is not valid JSON.');
  }
}
