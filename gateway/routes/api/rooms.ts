/** API: rooms and who is in them. */
import { Hono } from "hono";
import { accessRoom, memberAccess } from "#domain/access-room.ts";
import { createRoom, openDirectRoom } from "#domain/create-room.ts";
import { parseUserId } from "#domain/ids.ts";
import { inviteMember, joinRoom, leaveRoom } from "#domain/membership.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../../app-env.ts";
import { bearerCaller } from "../../session.ts";
import { directInput, limitOf, liveRoomShape, readInput, roomInput, roomShape, userShape } from "./shapes.ts";

export function roomRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports } = parts;
  const app = new Hono<GatewayEnv>();
  const person = async (c: GatewayContext) => (await bearerCaller(parts, c.req.raw.headers)).user;

  app.post("/rooms", async (c) => {
    const user = await person(c);
    const room = await createRoom(ports, user, await readInput(c.req.raw, roomInput));
    return c.json({ room: await liveRoomShape(ports, await accessRoom(ports, user, room.id)) }, 201);
  });

  app.post("/rooms/direct", async (c) => {
    const user = await person(c);
    const { userIds } = await readInput(c.req.raw, directInput);
    const { room, created } = await openDirectRoom(ports, user, userIds.map(parseUserId));
    return c.json({ room: await liveRoomShape(ports, await accessRoom(ports, user, room.id)) }, created ? 201 : 200);
  });

  app.get("/rooms", async (c) => {
    const user = await person(c);
    if (c.req.query("mine") === "true") {
      const rooms = await ports.rooms.joinedBy(user.id);
      const items = rooms.map(({ unread, mentions, membership, ...access }) => ({
        ...roomShape(access),
        unread,
        mentions,
        readOffset: membership.readOffset,
      }));
      return c.json({ items, next: null });
    }
    const { items, next } = await ports.rooms.directory(user.id, pageQuery(c));
    return c.json({
      items: items.map(({ room, joined }) => ({ ...roomShape({ room, peer: undefined }), joined })),
      next: next ?? null,
    });
  });

  app.get("/rooms/:id", async (c) => {
    const access = await accessRoom(ports, await person(c), c.req.param("id"));
    return c.json({ room: await liveRoomShape(ports, access) });
  });

  app.get("/rooms/:id/members", async (c) => {
    const { room } = await memberAccess(ports, await person(c), c.req.param("id"));
    const { items, next } = await ports.rooms.members(room.id, pageQuery(c));
    const online = await ports.presence.online(items.map(({ id }) => id));
    return c.json({
      items: items.map((user) => ({ ...userShape(user), online: online.has(user.id) })),
      next: next ?? null,
    });
  });

  app.put("/rooms/:id/members/me", async (c) => {
    const user = await person(c);
    const room = await joinRoom(ports, user, c.req.param("id"));
    return c.json({ room: await liveRoomShape(ports, await accessRoom(ports, user, room.id)) });
  });

  app.delete("/rooms/:id/members/me", async (c) => {
    await leaveRoom(ports, await person(c), c.req.param("id"));
    return c.body(null, 204);
  });

  app.put("/rooms/:id/members/:userId", async (c) => {
    const user = await person(c);
    const room = await inviteMember(ports, user, c.req.param("id"), parseUserId(c.req.param("userId")));
    return c.json({ room: await liveRoomShape(ports, await accessRoom(ports, user, room.id)) });
  });

  return app;
}

function pageQuery(c: GatewayContext) {
  const cursor = c.req.query("cursor");
  const search = c.req.query("q");
  return { limit: limitOf(c.req.query("limit")), ...(cursor ? { cursor } : {}), ...(search ? { search } : {}) };
}
