/** Direct rooms in memory: consent, and being put away. */
import {
  maxOpenRequests,
  maxRequestsWaiting,
  maxUnansweredListed,
  openRequestsMs,
  takesNoRequests,
  tooManyRequests,
} from "#domain/direct-requests.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { DirectRoomStore, MessageRequest } from "#domain/ports/index.ts";
import type { DirectRequest } from "#domain/room.ts";
import { authorOf, type RoomRow, roomOf, roomRowOf, type Tables } from "./tables.ts";

export function createMemoryDirectRoomStore(tables: Tables): DirectRoomStore {
  const rows = () => [...tables.rooms.values()];
  const withKey = (key: string) => rows().find(({ made }) => made.directKey === key);
  const requestsTo = (user: UserId, state: DirectRequest["state"]) =>
    rows().filter(({ request }) => request?.to === user && request.state === state);

  /** As it begins. */
  function admitted(by: UserId, at: string, request: DirectRequest): DirectRequest {
    const { to } = request;
    if (request.state === "unanswered" && requestsTo(to, "unanswered").length < maxUnansweredListed) return request;
    const since = Date.parse(at) - openRequestsMs;
    const open = rows().filter(
      ({ made, request: other }) =>
        made.createdBy === by && other && other.state !== "unanswered" && Date.parse(made.createdAt) > since,
    );
    if (open.length >= maxOpenRequests) throw tooManyRequests();
    if (requestsTo(to, "requested").length >= maxRequestsWaiting) throw takesNoRequests();
    return { to, state: "requested" };
  }

  return {
    async find(key) {
      const row = withKey(key);
      return row && roomOf(row);
    },
    async open(made) {
      const there = withKey(made.directKey);
      if (there !== undefined) return { room: roomOf(there), created: false };
      const row = roomRowOf(made);
      if (made.request !== undefined) row.request = admitted(made.createdBy, made.createdAt, made.request);
      tables.rooms.set(made.id, row);
      return { room: roomOf(row), created: true };
    },
    shareRoom: async (one, other, apartFrom) =>
      rows().some(
        ({ made, members }) =>
          made.visibility !== "direct" && made.slug !== apartFrom && members.has(one) && members.has(other),
      ),
    requestsTo: async (user) => waitingRequests(tables, user),
    requestsAmong: async (rooms) => {
      const isRequest = (id: RoomId) => (tables.rooms.get(id)?.request?.state ?? "unanswered") !== "unanswered";
      return new Set(rooms.filter(isRequest));
    },
    async answer(room, user, accepted) {
      const row = tables.rooms.get(room);
      if (row?.request?.to !== user || (!accepted && row.request.state === "declined")) return false;
      row.request = accepted ? undefined : { to: user, state: "declined" };
      return true;
    },
    async declineAll(user) {
      for (const row of requestsTo(user, "requested")) row.request = { to: user, state: "declined" };
    },
    async countMessage(room, most) {
      const row = tables.rooms.get(room);
      if (row?.request === undefined) return row !== undefined;
      if (row.requestMessages >= most) return false;
      row.requestMessages += 1;
      return true;
    },
    async uncountMessage(room) {
      const row = tables.rooms.get(room);
      if (row !== undefined && row.requestMessages > 0) row.requestMessages -= 1;
    },
    async hide(room, user, offset) {
      const row = tables.rooms.get(room);
      if (offset === undefined) row?.hidden.delete(user);
      else row?.hidden.set(user, offset);
    },
  };
}

/** The newest first. */
export function waitingRequests(tables: Tables, user: UserId): readonly MessageRequest[] {
  const isWaiting = ({ request, messages }: RoomRow) =>
    request?.to === user && request.state === "requested" && messages.size > 0;
  return [...tables.rooms.values()]
    .filter(isWaiting)
    .flatMap(({ made: { id: room, slug, createdBy, createdAt: at } }) => {
      const from = authorOf(tables, createdBy);
      return from === undefined ? [] : { room, slug, from, at };
    })
    .sort((one, other) => (one.at < other.at ? 1 : -1))
    .slice(0, maxRequestsWaiting);
}
