/** Joining, leaving, inviting, the topic, and the page of who is in a room. */
import { Hono } from "hono";
import { accessRoom, memberAccess } from "#domain/access-room.ts";
import { personCalled } from "#domain/accounts.ts";
import { administers } from "#domain/administers.ts";
import { askedName } from "#domain/asked-name.ts";
import { changeTopic } from "#domain/change-topic.ts";
import { hideDirectRoom } from "#domain/hide-direct-room.ts";
import { inviteMember } from "#domain/invitations.ts";
import { joinRoom, leaveRoom } from "#domain/membership.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import { maxNameLength } from "#domain/user.ts";
import type { Problem } from "#views/chrome.ts";
import { MembersFound } from "#views/fragments/members-found.tsx";
import { SuggestionList } from "#views/fragments/suggestion-list.tsx";
import { PeopleColumn, RoomPeoplePage } from "#views/pages/room-people-page.tsx";
import { messagePath, roomPath } from "#views/room-name.ts";
import { offsetFrom } from "../api/query.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { fragment, page, wantsFragment } from "../page.tsx";
import { peopleHere, peopleOf } from "../people.ts";
import { readForm } from "../request-body.ts";
import { searchFor } from "../searches.ts";

const maxSuggestions = 8;

export function membershipRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log, config } = parts;
  const app = new Hono<GatewayEnv>();

  app.post("/rooms/:ref/join", async (c) => {
    const at = offsetFrom(c.req.query("at"), "at");
    const room = await joinRoom(ports, signedIn(c).user, c.req.param("ref"));
    return c.redirect(at === undefined ? roomPath(room) : messagePath(room, at), 303);
  });

  app.post("/rooms/:ref/leave", async (c) => {
    await leaveRoom(ports, signedIn(c).user, c.req.param("ref"));
    return c.redirect("/rooms", 303);
  });

  app.post("/rooms/:ref/hide", async (c) => {
    await hideDirectRoom(ports, signedIn(c).user, c.req.param("ref"));
    return c.redirect("/people", 303);
  });

  const showPeople = async (
    c: GatewayContext,
    own: { problem?: Problem; kept?: { name?: string; topic?: string } } = {},
  ) => {
    const { user } = signedIn(c);
    const access = await accessRoom(ports, user, c.req.param("ref") ?? "");
    const asked = pageOf(c);
    const isFirst = Object.keys(asked).length === 0;
    const [administering, chrome, { found, refused }, here] = await Promise.all([
      access.membership !== undefined && administers(ports, user, access.room),
      memberChrome(ports, c, access),
      searchFor(parts, c, asked.search, () => peopleOf(ports, access, asked)),
      isFirst ? peopleHere(ports, access, user) : undefined,
    ]);
    const shown = RoomPeoplePage({
      chrome,
      access,
      administers: administering,
      people: found?.items ?? [],
      peopleNext: found?.next,
      here,
      query: asked.search,
      refused: refused?.shown,
      invited: c.req.query("invited")?.slice(0, maxNameLength),
      ...own,
    });
    return { shown, refused };
  };

  app.get("/rooms/:ref/people", async (c) => {
    if (!wantsFragment(c)) {
      const { shown, refused } = await showPeople(c);
      return page(c, shown, refused?.status, refused?.headers);
    }
    const { user } = signedIn(c);
    const access = await memberAccess(ports, user, c.req.param("ref"));
    if (c.req.query("after") === undefined && c.req.query("q") === undefined) {
      return fragment(c, PeopleColumn({ access, viewer: user, ...(await peopleHere(ports, access, user)) }));
    }
    const asked = pageOf(c);
    const { found, refused } = await searchFor(parts, c, asked.search, () => peopleOf(ports, access, asked));
    const { items: people = [], next } = found ?? {};
    const shown = MembersFound({ access, viewer: user, people, next, query: asked.search, refused: refused?.shown });
    return page(c, shown, refused?.status, refused?.headers);
  });

  app.post("/rooms/:ref/invite", async (c) => {
    const name = (await readForm(c.req.raw)).get("name") ?? "";
    try {
      const guest = await personCalled(ports, name);
      const { room, invited } = await inviteMember(
        ports,
        signedIn(c).user,
        c.req.param("ref"),
        guest.id,
        config.addPeople,
      );
      return c.redirect(
        `${roomPath(room)}/people${invited ? `?${new URLSearchParams({ invited: guest.name })}` : ""}`,
        303,
      );
    } catch (error) {
      return await again(c, error, { name });
    }
  });

  app.post("/rooms/:ref/topic", async (c) => {
    const topic = (await readForm(c.req.raw)).get("topic") ?? "";
    try {
      const room = await changeTopic(ports, signedIn(c).user, c.req.param("ref"), topic);
      return c.redirect(roomPath(room), 303);
    } catch (error) {
      return await again(c, error, { topic });
    }
  });

  app.get("/rooms/:ref/suggest", async (c) => {
    const { user } = signedIn(c);
    const { room } = await memberAccess(ports, user, c.req.param("ref"));
    const prefix = c.req.query("q") ?? "";
    await spend(ports, rateLimits.searchesPerPerson, user.id);
    const found = await ports.users.suggest(prefix, room.id, maxSuggestions);
    // Oneself last: who is named is mostly somebody else.
    const people = found.toSorted((a, b) => Number(a.user.id === user.id) - Number(b.user.id === user.id));
    return fragment(c, SuggestionList({ people }));
  });

  const again = async (c: GatewayContext, error: unknown, kept: { name?: string; topic?: string }) => {
    const { problem, status, headers } = formProblem(error, log, c);
    return page(c, (await showPeople(c, { problem, kept })).shown, status, headers);
  };

  return app;
}

function pageOf(c: GatewayContext) {
  const [cursor, search] = [c.req.query("after"), askedName(c.req.query("q"))];
  return { ...(cursor ? { cursor } : {}), ...(search ? { search } : {}) };
}
