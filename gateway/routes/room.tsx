/** The room page: reading it at any place, and posting to it without scripts. */
import { Hono } from "hono";
import { accessAmong, memberAccess } from "#domain/access-room.ts";
import { isChatError } from "#domain/errors.ts";
import { entriesWithGrownTexts } from "#domain/grown-texts.ts";
import { type EventId, isEventId, parseDraftIds } from "#domain/ids.ts";
import { markRead } from "#domain/mark-read.ts";
import { memberMessage } from "#domain/member-message.ts";
import { offsetOf, type TimelineEntry } from "#domain/message.ts";
import type { OffsetWindow } from "#domain/ports/index.ts";
import { type Quote, quoteOf } from "#domain/quote.ts";
import { readTimeline } from "#domain/read-history.ts";
import type { Room, RoomAccess } from "#domain/room.ts";
import { RoomPage, type RoomPageProps } from "#views/pages/room-page.tsx";
import { roomPath } from "#views/room-name.ts";
import { offsetFrom } from "../api/query.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { chromeWith, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { checkOwnPageAsks } from "../origin.ts";
import { page } from "../page.tsx";
import { peopleHere } from "../people.ts";
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
  readonly start?: number | undefined;
}

export function roomRoutes(parts: Parts): Hono<GatewayEnv> {
  const { ports, log } = parts;
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<Pick<RoomPageProps, "problem" | "draft" | "replyTo">> = {}) => {
    const { user } = signedIn(c);
    const rooms = await ports.rooms.joinedBy(user.id);
    const access = await accessAmong(ports, user, rooms, c.req.param("ref") ?? "");
    const focus = offsetFrom(c.req.query("at"), "at");
    const [chrome, view, { people, counts }] = await Promise.all([
      chromeWith(ports, c, rooms, access.room.id),
      timelineView(c, access, focus),
      peopleHere(ports, access, user),
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
      draftId: ports.ids.next() as EventId,
      ...own,
    });
  };

  /** What the query asks for: the newest entries, the page before or after an offset, or both sides of one. */
  const timelineView = async (c: GatewayContext, { room }: RoomAccess, focus: number | undefined): Promise<View> => {
    const before = offsetFrom(c.req.query("before"), "before");
    const after = offsetFrom(c.req.query("after"), "after");
    if (focus !== undefined) return await around(room, focus);
    if (after !== undefined) return await downFrom(room, after);
    return await upFrom(room, before);
  };

  const read = async (room: Room, window: OffsetWindow) =>
    await entriesWithGrownTexts(ports, await readTimeline(ports, room, window));

  /** One entry more than a page tells whether there is another page, and how the first one shown is grouped. */
  const upFrom = async (room: Room, before?: number): Promise<View> => {
    const window = { limit: timelinePageSize + 1, ...(before === undefined ? {} : { before }) };
    const found = await read(room, window);
    const view = viewFrom(found, Math.max(0, found.length - timelinePageSize));
    return before === undefined ? view : { ...view, newer: endOf(view, Math.max(0, before - 1)) };
  };

  /** The page after an offset. The entry at the offset itself, if there is one, says how the first one is grouped. */
  const downFrom = async (room: Room, after: number): Promise<View> => {
    const limit = timelinePageSize + 2;
    const found = await read(room, { after: Math.max(0, after - 1), limit, from: "oldest" });
    const first = found.findIndex((entry) => offsetOf(entry) > after);
    const whole = viewFrom(found, first < 0 ? found.length : first);
    const entries = whole.entries.slice(0, timelinePageSize);
    const older = after === 0 ? undefined : (whole.older ?? after + 1);
    const view = { ...whole, entries, older, newer: endOf({ entries }, after), start: after + 1 };
    return whole.entries.length > timelinePageSize ? view : await newestFrom(room, after + 1, 0, view);
  };

  /** A message with what was said before and after it. */
  const around = async (room: Room, focus: number): Promise<View> => {
    const half = Math.floor(timelinePageSize / 2);
    const [before, after] = await Promise.all([
      read(room, { before: focus, limit: half + 1 }),
      read(room, { after: Math.max(0, focus - 1), limit: half + 1, from: "oldest" }),
    ]);
    const whole = viewFrom([...before, ...after.slice(0, half)], before.length > half ? 1 : 0);
    const view = { ...whole, newer: endOf(whole, focus), start: focus };
    return after.length > half ? view : await newestFrom(room, focus, half, view);
  };

  /**
   * Near the end it is the newest page, which goes on live, and has all from `start` on with `back` entries before it: what the stream
   * alone has may be more than a page. Where it is more than two, `stored` is shown first.
   */
  const newestFrom = async (room: Room, start: number, back: number, stored: View): Promise<View> => {
    const limit = 2 * timelinePageSize + 1;
    const found = await read(room, { limit });
    const first = found.findIndex((entry) => offsetOf(entry) >= start);
    if (first === 0 && found.length === limit) return stored;
    const at = first < 0 ? found.length : first;
    return { ...viewFrom(found, Math.max(0, Math.min(at - back, found.length - timelinePageSize))), start };
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
      await send(parts, user, { room: ref, text, ...parseDraftIds({ id, replyTo }) });
      const { room } = await memberAccess(ports, user, ref);
      return c.redirect(`${roomPath(room)}#composer`, 303);
    } catch (error) {
      const { problem, status, headers } = formProblem(error, log, c);
      return page(c, await show(c, { problem, draft: text, replyTo: await quoteIn(c, replyTo) }), status, headers);
    }
  });

  app.get("/rooms/:ref/read.gif", async (c) => {
    checkOwnPageAsks(c.req.raw.headers, parts.config);
    const offset = offsetFrom(c.req.query("offset"), "offset") ?? 0;
    await markRead(ports, signedIn(c).user, c.req.param("ref"), offset);
    return c.body(emptyGif, 200, { "Content-Type": "image/gif", "Cache-Control": "no-store" });
  });

  return app;
}

/** Entries from an index on; the one before them decides how they begin, and whether there are older ones. */
function viewFrom(found: readonly TimelineEntry[], index: number): View {
  const entries = found.slice(index);
  const [previous, first] = [found[index - 1], entries[0]];
  return { entries, previous, older: previous && (first ? offsetOf(first) : offsetOf(previous) + 1) };
}

function endOf({ entries }: Pick<View, "entries">, otherwise: number): number {
  const last = entries.at(-1);
  return last === undefined ? otherwise : offsetOf(last);
}
