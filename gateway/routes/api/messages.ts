/** API: sending, the readable pages, and the room's events in order. */
import { Hono } from "hono";
import { memberAccess } from "#domain/access-room.ts";
import { withGrownTexts } from "#domain/grown-texts.ts";
import { parseEventId } from "#domain/ids.ts";
import { readEvents, readMessages } from "#domain/read-history.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../../app-env.ts";
import { send } from "../../send.ts";
import { bearerCaller } from "../../session.ts";
import { limitOf, livePosition, maxEventPage, messageInput, messageShape, offsetFrom, readInput } from "./shapes.ts";

const defaultEventPage = 500;

export function messageRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports } = parts;
  const app = new Hono<GatewayEnv>();
  const person = async (c: GatewayContext) => (await bearerCaller(parts, c.req.raw.headers)).user;

  app.post("/rooms/:id/messages", async (c) => {
    const user = await person(c);
    const { id, text, resend } = await readInput(c.req.raw, messageInput);
    const draft = { room: c.req.param("id"), text, resend, id: id === undefined ? undefined : parseEventId(id) };
    const sent = await send(parts, user, draft);
    return c.json({ id: sent.id }, sent.fresh ? 201 : 200);
  });

  app.get("/rooms/:id/messages", async (c) => {
    const { room } = await memberAccess(ports, await person(c), c.req.param("id"));
    const limit = limitOf(c.req.query("limit"));
    const before = offsetFrom(c.req.query("before"), "before");
    const window = before === undefined ? { limit: limit + 1 } : { limit: limit + 1, before };
    const found = await readMessages(ports, room, window);
    const items = await withGrownTexts(ports, found.slice(-limit));
    const next = found.length > limit ? (items[0]?.offset ?? null) : null;
    return c.json({ items: items.map(messageShape), epoch: (await livePosition(ports, room)).epoch, next });
  });

  app.get("/rooms/:id/events", async (c) => {
    const { room } = await memberAccess(ports, await person(c), c.req.param("id"));
    const limit = limitOf(c.req.query("limit"), defaultEventPage, maxEventPage);
    const after = offsetFrom(c.req.query("after"), "after") ?? 0;
    const run = await readEvents(ports, room, after, limit);
    const head = await livePosition(ports, room);
    const last = run.events.at(-1)?.offset ?? after;
    return c.json({
      items: run.events,
      epoch: head.epoch,
      offset: head.offset,
      next: last < head.offset ? last : null,
    });
  });

  return app;
}
