/** Finding rooms and people, making a room, and opening a direct one. */
import { Hono } from "hono";
import { personCalled } from "#domain/accounts.ts";
import { askedName } from "#domain/asked-name.ts";
import { createRoom, openDirectRoom } from "#domain/create-room.ts";
import type { Problem } from "#views/chrome.ts";
import { RoomList } from "#views/fragments/room-list.tsx";
import { DirectoryPage } from "#views/pages/directory-page.tsx";
import { PeoplePage } from "#views/pages/people-page.tsx";
import { roomPath } from "#views/room-name.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { fragment, page } from "../page.tsx";
import { readForm } from "../request-body.ts";
import { searchFor } from "../searches.ts";

const pageSize = 50;

export function directoryRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log } = parts;
  const app = new Hono<GatewayEnv>();

  const directory = async (
    c: GatewayContext,
    own: { problem?: Problem; kept?: { name: string; visibility?: string } } = {},
  ) => {
    const { user } = signedIn(c);
    const asked = pageQuery(c);
    const [chrome, { found, refused }] = await Promise.all([
      memberChrome(ports, c),
      searchFor(parts, c, asked.search, () => ports.rooms.directory(user.id, asked)),
    ]);
    const { items: entries = [], next } = found ?? {};
    const shown = DirectoryPage({ chrome, query: c.req.query("q"), entries, next, refused: refused?.shown, ...own });
    return { shown, refused };
  };

  app.get("/rooms", async (c) => {
    const name = c.req.query("new");
    const { shown, refused } = await directory(c, name === undefined ? {} : { kept: { name } });
    return page(c, shown, refused?.status, refused?.headers);
  });

  app.post("/rooms", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const kept = { name: fields.get("name") ?? "", visibility: fields.get("visibility") ?? "public" };
    try {
      return c.redirect(roomPath(await createRoom(ports, user, kept)), 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, (await directory(c, { problem, kept })).shown, status, headers);
    }
  });

  const people = async (c: GatewayContext, problem?: Problem) => {
    const asked = pageQuery(c);
    const [chrome, { found, refused }] = await Promise.all([
      memberChrome(ports, c),
      searchFor(parts, c, asked.search, () => ports.users.list(asked)),
    ]);
    const { items = [], next } = found ?? {};
    const own = { refused: refused?.shown, problem };
    return { shown: PeoplePage({ chrome, query: c.req.query("q"), people: items, next, ...own }), refused };
  };

  app.get("/people", async (c) => {
    const { shown, refused } = await people(c);
    return page(c, shown, refused?.status, refused?.headers);
  });

  app.post("/direct", async (c) => {
    const { user } = signedIn(c);
    const name = (await readForm(c.req.raw)).get("name") ?? "";
    try {
      const other = await personCalled(ports, name);
      const { room } = await openDirectRoom(ports, user, [other.id]);
      return c.redirect(roomPath(room), 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, (await people(c, problem)).shown, status, headers);
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
  const search = askedName(c.req.query("q"));
  const cursor = c.req.query("after");
  return { limit: pageSize, ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) };
}
