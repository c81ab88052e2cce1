/** The room page: reading it at any place, and posting to it without scripts. */
import { Hono } from "hono";
import { accessAmong, memberAccess } from "#domain/access-room.ts";
import { isChatError } from "#domain/errors.ts";
import { type EventId, isEventId, parseDraftIds } from "#domain/ids.ts";
import { markRead } from "#domain/mark-read.ts";
import { memberMessage } from "#domain/member-message.ts";
import { offsetOf } from "#domain/message.ts";
import { type Quote, quoteOf } from "#domain/quote.ts";
import type { RoomAccess } from "#domain/room.ts";
import { AbsentNotice } from "#views/fragments/absent.tsx";
import { RoomPage, type RoomPageProps } from "#views/pages/room-page.tsx";
import { roomPath } from "#views/room-name.ts";
import { absentFrom } from "../absent.ts";
import { offsetFrom } from "../api/query.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { chromeWith, sidebarOf, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { checkOwnPageAsks } from "../origin.ts";
import { fragment, page } from "../page.tsx";
import { peopleHere } from "../people.ts";
import { readForm } from "../request-body.ts";
import { send } from "../send.ts";
import { timelineView } from "../timeline-view.ts";

const emptyGif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

export function roomRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log } = parts;
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<Pick<RoomPageProps, "problem" | "draft" | "replyTo">> = {}) => {
    const { user } = signedIn(c);
    const sidebar = await sidebarOf(ports, c);
    const access = await accessAmong(ports, user, sidebar.rooms, c.req.param("ref") ?? "");
    const focus = offsetFrom(c.req.query("at"), "at");
    const sent = c.req.query("sent");
    const [chrome, view, { people, counts }, absent] = await Promise.all([
      chromeWith(ports, c, sidebar, access),
      viewOf(c, access, focus),
      peopleHere(ports, access, user),
      sent === undefined ? undefined : absentFrom(parts, user, { room: access.room.id, message: sent }),
    ]);
    const last = view.entries.at(-1);
    return RoomPage({
      chrome,
      access,
      ...view,
      focus,
      // Read before the entries, so they hold everything up to there; what the stream alone has may be newer.
      position: {
        epoch: access.room.epoch,
        offset: Math.max(access.room.offset, last === undefined ? 0 : offsetOf(last)),
      },
      people,
      peopleCounts: counts,
      absent,
      draftId: ports.ids.next() as EventId,
      ...own,
    });
  };

  const viewOf = async (c: GatewayContext, { room }: RoomAccess, around: number | undefined) => {
    const [before, after] = [offsetFrom(c.req.query("before"), "before"), offsetFrom(c.req.query("after"), "after")];
    return await timelineView(ports, signedIn(c).user.id, room, { around, after, before });
  };

  /** For the form that is shown again; undefined for what the room doesn't have. */
  const quoteIn = async (c: GatewayContext, id: string | undefined): Promise<Quote | undefined> => {
    if (id === undefined || !isEventId(id)) return undefined;
    try {
      const { message } = await memberMessage(ports, signedIn(c).user, { room: c.req.param("ref") ?? "", message: id });
      return quoteOf(message);
    } catch (error) {
      if (isChatError(error)) return undefined;
      throw error;
    }
  };

  app.get("/rooms/:ref", async (c) => page(c, await show(c)));

  app.post("/rooms/:ref/messages", async (c) => {
    const { user } = signedIn(c);
    const fields = await readForm(c.req.raw);
    const text = fields.get("text") ?? "";
    const [id, replyTo] = [fields.get("id") || undefined, fields.get("replyTo") || undefined];
    const ref = c.req.param("ref");
    try {
      const sent = await send(parts, user, { room: ref, text, ...parseDraftIds({ id, replyTo }) });
      const { room } = await memberAccess(ports, user, ref);
      const names = sent.absent.length > 0 ? `?sent=${sent.id}` : "";
      return c.redirect(`${roomPath(room)}${names}#composer`, 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await show(c, { problem, draft: text, replyTo: await quoteIn(c, replyTo) }), status, headers);
    }
  });

  app.get("/rooms/:ref/messages/:id/absent", async (c) => {
    const { ref: room, id: message } = c.req.param();
    const absent = await absentFrom(parts, signedIn(c).user, { room, message });
    return absent === undefined ? c.body(null, 204) : fragment(c, AbsentNotice(absent));
  });

  app.get("/rooms/:ref/read.gif", async (c) => {
    checkOwnPageAsks(c.req.raw.headers, parts.config);
    const offset = offsetFrom(c.req.query("offset"), "offset") ?? 0;
    await markRead(ports, signedIn(c).user, c.req.param("ref"), offset);
    return c.body(emptyGif, 200, { "Content-Type": "image/gif", "Cache-Control": "no-store" });
  });

  return app;
}
