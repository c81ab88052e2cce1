/** What the server-rendered page says about itself: who looks at it and which room is open. */
import type { Position } from "./position.ts";

export interface OpenRoom {
  readonly id: string;
  readonly ref: string;
  readonly section: HTMLElement;
  readonly scroller: HTMLElement;
  readonly log: HTMLElement;
  /** What happens in the room comes to this page. False for somebody who is not a member. */
  readonly live: boolean;
}

export interface Page {
  /** Empty for somebody who is not signed in. */
  readonly me: string;
  /** The element hx-ws connects; none for somebody who is not signed in. */
  readonly socket: HTMLElement | undefined;
  readonly room: OpenRoom | undefined;
}

export function readPage(): Page {
  const { me = "" } = document.body.dataset;
  const section = byId("room");
  return { me, socket: me ? (section ?? byId("live")) : undefined, room: section && readRoom(section) };
}

function readRoom(section: HTMLElement): OpenRoom | undefined {
  const scroller = byId("scroller");
  const log = byId("log");
  const { room: id, ref, live } = section.dataset;
  return scroller && log && id && ref ? { id, ref, section, scroller, log, live: live === "true" } : undefined;
}

/** Where a room page stands: its own offset, or further where entries arrived before this code ran. */
export function readPosition(section: HTMLElement): Position {
  const { room = "", epoch = "", offset = "0" } = section.dataset;
  const entries = section.querySelectorAll<HTMLElement>("#log > [data-offset]");
  const last = Number(entries[entries.length - 1]?.dataset.offset ?? 0);
  return { room, epoch, shown: Math.max(Number(offset), last) };
}

/** How far the room had come when the server made the page; undefined for a page that is no room's. */
export function readPlace(page: Document): { readonly epoch: string; readonly offset: number } | undefined {
  const section = page.getElementById("room");
  if (!section) return undefined;
  const { epoch = "", offset = "0" } = section.dataset;
  return { epoch, offset: Number(offset) };
}

export function roomUrl(room: OpenRoom): string {
  return `/rooms/${encodeURIComponent(room.ref)}`;
}

export function byId(id: string): HTMLElement | undefined {
  return document.getElementById(id) ?? undefined;
}
