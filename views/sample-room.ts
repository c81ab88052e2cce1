/** People, a room and its entries for the tests of views. */
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Message, Note, TimelineEntry } from "#domain/message.ts";
import type { JoinedRoom, Room } from "#domain/room.ts";
import type { User } from "#domain/user.ts";
import type { Chrome } from "./chrome.ts";

export const ana = sampleUser(1, "ana");
export const bo = sampleUser(2, "bo");

export function sampleUser(n: number, name: string): User {
  return { id: id(n) as UserId, name, kind: "person", createdAt: "2026-11-01T00:00:00.000Z" };
}

export function sampleRoom(change: Partial<Room> = {}): Room {
  const made = { createdBy: ana.id, createdAt: "2026-11-01T00:00:00.000Z", epoch: "e1" };
  const names = { slug: "garden", name: "garden", topic: "", visibility: "public" } as const;
  return { id: id(100) as RoomId, ...names, memberCount: 2, ...made, offset: 9, ...change };
}

export function sampleJoined(change: Partial<Room> = {}, more: Partial<JoinedRoom> = {}): JoinedRoom {
  const room = sampleRoom(change);
  const membership = { user: ana.id, room: room.id, joinedAt: room.createdAt, readOffset: 4 };
  return { room, membership, peer: undefined, unread: 0, mentions: 0, ...more };
}

/** @param at minutes after 10:00 UTC, or an RFC 3339 time */
export function sampleMessage(
  offset: number,
  author: User,
  at: number | string,
  change: Partial<Message> = {},
): TimelineEntry {
  const { id: authorId, name } = author;
  const head = { id: id(200 + offset) as EventId, room: id(100) as RoomId, offset, at: timeOf(at) };
  return {
    kind: "message",
    message: { ...head, author: { id: authorId, name }, text: `text ${offset}`, mentions: [], ...change },
  };
}

export function sampleNote(offset: number, at: number | string, body?: Partial<Note>): TimelineEntry {
  const head = { id: id(200 + offset) as EventId, room: id(100) as RoomId, offset, at: timeOf(at), author: ana };
  return { kind: "note", event: { ...head, type: "member.joined", member: ana, ...body } as Note };
}

export function sampleChrome(change: Partial<Chrome> = {}): Chrome {
  const assets = {
    css: "/static/a.css",
    htmx: "/static/h.js",
    pages: "/static/p.css",
    app: "/static/a.js",
    icon: "/static/i.svg",
  };
  return { assets, viewer: ana, rooms: [sampleJoined()], timeZone: "UTC", now: Date.parse(timeOf(60)), ...change };
}

function timeOf(at: number | string): string {
  return typeof at === "string" ? at : new Date(Date.parse("2026-11-21T10:00:00.000Z") + at * 60_000).toISOString();
}

function id(n: number): string {
  return `01930000-0000-7000-8000-${String(n).padStart(12, "0")}`;
}
