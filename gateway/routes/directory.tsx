/** Finding rooms and people, making a room, and opening a direct one. */
import { Hono } from "hono";
import { createRoom, openDirectRoom } from "#domain/create-room.ts";
import { ChatError } from "#domain/errors.ts";
import { nameKey } from "#domain/user.ts";
import type { PersonHere, Problem } from "#views/chrome.ts";
import { RoomList } from "#views/fragments/room-list.tsx";
import { DirectoryPage } from "#views/pages/directory-page.tsx";
import { PeoplePage } from "#views/pages/people-page.tsx";
import { roomPath } from "#views/room-name.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { fragment, page } from "../page.tsx";
import { readForm } from "../request-body.ts";

const pageSize = 50;

export function directoryRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log } = parts;
  const app = new Hono<GatewayEnv>();

  const directory = async (
    c: GatewayContext,
    own: { problem?: Problem; kept?: { name: string; visibility?: string } } = {},
  ) => {
    const { user } = signedIn(c);
    const query = c.req.query("q") ?? "";
    const [chrome, { items, next }] = await Promise.all([
      memberChrome(ports, c),
      ports.rooms.directory(user.id, pageQuery(c)),
    ]);
    return DirectoryPage({ chrome, query, entries: items, next, ...own });
  };

  app.get("/rooms", async (c) => {
    const name = c.req.query("new");
    return page(c, await directory(c, name === undefined ? {} : { kept: { name } }));
  });

  app.post("/rooms", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const kept = { name: fields.get("name") ?? "", visibility: fields.get("visibility") ?? "public" };
    try {
      return c.redirect(roomPath(await createRoom(ports, user, kept)), 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await directory(c, { problem, kept }), status, headers);
    }
  });

  const people = async (c: GatewayContext, problem?: Problem) => {
    const query = c.req.query("q") ?? "";
    const [chrome, found] = await Promise.all([memberChrome(ports, c), ports.users.list(pageQuery(c))]);
    const online = await ports.presence.online(found.items.map(({ id }) => id));
    const here = found.items.map(({ id, name }): PersonHere => ({ id, name, online: online.has(id) }));
    return PeoplePage({ chrome, query, people: here, next: found.next, problem });
  };

  app.get("/people", async (c) => page(c, await people(c)));

  app.post("/direct", async (c) => {
    const { user } = signedIn(c);
    const name = (await readForm(c.req.raw)).get("name") ?? "";
    try {
      const other = await ports.users.byKey(nameKey(name.trim()));
      if (other === undefined) throw new ChatError("not-found", "There is nobody of that name.", { field: "name" });
      const { room } = await openDirectRoom(ports, user, [other.id]);
      return c.redirect(roomPath(room), 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await people(c, problem), status, headers);
    }
  });

  app.get("/fragments/rooms", async (c) => {
    const { rooms = [], waiting, viewer, online } = await memberChrome(ports, c);
    const current = rooms.find(({ room }) => room.id === c.req.query("current"))?.room.id;
    return fragment(c, RoomList({ rooms, waiting, viewer, online, current }));
  });

  return app;
}

function pageQuery(c: GatewayContext) {
  const search = c.req.query("q")?.trim();
  const cursor = c.req.query("after");
  return { limit: pageSize, ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) };
}
