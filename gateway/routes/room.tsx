/** The room page: reading it at any place, and posting to it without scripts. */
import { Hono } from "hono";
import { accessAmong, memberAccess } from "#domain/access-room.ts";
import { isChatError } from "#domain/errors.ts";
import { entriesWithGrownTexts } from "#domain/grown-texts.ts";
import { type EventId, isEventId, parseDraftIds } from "#domain/ids.ts";
import { markRead } from "#domain/mark-read.ts";
import { memberMessage } from "#domain/member-message.ts";
import { offsetOf, type TimelineEntry } from "#domain/message.ts";
import { type Quote, quoteOf } from "#domain/quote.ts";
import { readTimeline } from "#domain/read-history.ts";
import type { Room, RoomAccess } from "#domain/room.ts";
import { RoomPage, type RoomPageProps } from "#views/pages/room-page.tsx";
import { roomPath } from "#views/room-name.ts";
import { offsetFrom } from "../api/query.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { chromeWith, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { page } from "../page.tsx";
import { peopleOf } from "../people.ts";
import { readForm } from "../request-body.ts";
import { send } from "../send.ts";

/** Entries on one page. */
export const timelinePageSize = 50;

const emptyGif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

interface View {
  readonly entries: readonly TimelineEntry[];
  readonly previous?: TimelineEntry | undefined;
  readonly older?: number | undefined;
  readonly newer?: number | undefined;
}

export function roomRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log } = parts;
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<Pick<RoomPageProps, "problem" | "draft" | "replyTo">> = {}) => {
    const { user } = signedIn(c);
    const rooms = await ports.rooms.joinedBy(user.id);
    const access = await accessAmong(ports, user, rooms, c.req.param("ref") ?? "");
    const focus = offsetFrom(c.req.query("at"), "at");
    const [chrome, view, { people, next }] = await Promise.all([
      chromeWith(ports, c, rooms, access.room.id),
      timelineView(c, access, focus),
      peopleOf(ports, access),
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
      peopleNext: next,
      draftId: ports.ids.next() as EventId,
      ...own,
    });
  };

  /** What the query asks for: the newest entries, the page before or after an offset, or both sides of one. */
  const timelineView = async (
    c: GatewayContext,
    { room, membership }: RoomAccess,
    focus: number | undefined,
  ): Promise<View> => {
    if (membership === undefined) return { entries: [] };
    const before = offsetFrom(c.req.query("before"), "before");
    const after = offsetFrom(c.req.query("after"), "after");
    if (focus !== undefined) return await around(room, focus);
    if (after !== undefined) return await downFrom(room, after);
    return await upFrom(room, before);
  };

  /** One entry more than a page tells whether there is another page, and how the first one shown is grouped. */
  const upFrom = async (room: Room, before?: number): Promise<View> => {
    const window = { limit: timelinePageSize + 1, ...(before === undefined ? {} : { before }) };
    const found = await entriesWithGrownTexts(ports, await readTimeline(ports, room, window));
    const entries = found.slice(-timelinePageSize);
    const previous = found.length > timelinePageSize ? found[0] : undefined;
    const last = entries.at(-1);
    return {
      entries,
      previous,
      older: previous && entries[0] && offsetOf(entries[0]),
      newer: before === undefined || last === undefined ? undefined : offsetOf(last),
    };
  };

  const downFrom = async (room: Room, after: number): Promise<View> => {
    const found = await readTimeline(ports, room, { after, limit: timelinePageSize + 1, from: "oldest" });
    // Near the end it is the newest page, which goes on live.
    if (found.length <= timelinePageSize) return await upFrom(room);
    const entries = found.slice(0, timelinePageSize);
    const [first, last] = [entries[0], entries.at(-1)];
    return { entries, older: first && offsetOf(first), newer: last && offsetOf(last) };
  };

  const around = async (room: Room, offset: number): Promise<View> =>
    await downFrom(room, Math.max(0, offset - 1 - Math.floor(timelinePageSize / 2)));

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
      await send(parts, user, { room: ref, text, ...parseDraftIds({ id, replyTo }) });
      const { room } = await memberAccess(ports, user, ref);
      return c.redirect(`${roomPath(room)}#composer`, 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await show(c, { problem, draft: text, replyTo: await quoteIn(c, replyTo) }), status, headers);
    }
  });

  app.get("/rooms/:ref/read.gif", async (c) => {
    const offset = offsetFrom(c.req.query("offset"), "offset") ?? 0;
    await markRead(ports, signedIn(c).user, c.req.param("ref"), offset);
    return c.body(emptyGif, 200, { "Content-Type": "image/gif", "Cache-Control": "no-store" });
  });

  return app;
}
