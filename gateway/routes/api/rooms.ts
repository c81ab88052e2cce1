/** API: rooms and who is in them. */
import { z } from "zod";
import { accessRoom, memberAccess } from "#domain/access-room.ts";
import { changeTopic } from "#domain/change-topic.ts";
import { createRoom } from "#domain/create-room.ts";
import { joinRoom, leaveRoom } from "#domain/membership.ts";
import type { Ports } from "#domain/ports/index.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import type { Author } from "#domain/user.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { flagParam, pageParams } from "../../api/query.ts";
import { memberList, roomAnswer, roomChange, roomInput, roomList } from "../../api/schemas.ts";
import { liveRoomShape, roomShape, userShape } from "../../api/shapes.ts";
import type { Parts } from "../../app-env.ts";
import { onlineIn } from "../../people.ts";
import { spendOnSearch } from "../../searches.ts";

export const roomId = { means: "A room's id, or its slug.", example: "lobby" };
const tooMany = "You are in as many rooms as one can be.";
export const noRoom = "There is no such room, or it is not open to you.";
export const noMember = "You are not a member of this room.";

const tooManySearches = `You searched more often than ${rateLimits.searchesPerPerson.burst} times in a minute, with all your tokens and pages together.`;

export function roomOperations({ ports }: Parts): readonly Operation[] {
  const asSeenBy = async (user: Author, room: string) => await roomSeenBy(ports, user, room);

  return [
    operation(
      {
        id: "createRoom",
        method: "post",
        path: "/rooms",
        tag: "rooms",
        summary: "Create a room",
        access: "rooms:write",
        body: roomInput,
        answers: { 201: { means: "The room, with you in it.", schema: roomAnswer } },
        refusals: { 403: tooMany, 409: "There is a public room of that name, or the name is reserved." },
      },
      async ({ caller, body }) => {
        const { id } = await createRoom(ports, caller.user, body);
        return give(201, await asSeenBy(caller.user, id));
      },
    ),
    operation(
      {
        id: "listRooms",
        method: "get",
        path: "/rooms",
        tag: "rooms",
        summary: "List public rooms, or your own",
        more: "Your own come all at once, with what is unread; the directory of public rooms comes in pages, by name.",
        access: "rooms:read",
        query: z.object({ mine: flagParam("True: the rooms you are in."), ...pageParams }),
        answers: { 200: { means: "A page of rooms.", schema: roomList } },
        refusals: { 429: tooManySearches },
        etag: true,
      },
      async ({ caller: { user }, query: { mine, ...page } }) => {
        if (mine === true) {
          const items = (await ports.rooms.joinedBy(user.id)).map(({ unread, mentions, membership, ...access }) => ({
            ...roomShape(access),
            unread,
            mentions,
            readOffset: membership.readOffset,
          }));
          return give(200, { items, next: null });
        }
        await spendOnSearch(ports, user, page.q);
        const { items, next } = await ports.rooms.directory(user.id, pageQuery(page));
        const rooms = items.map(({ room, joined }) => ({ ...roomShape({ room, peer: undefined }), joined }));
        return give(200, { items: rooms, next: next ?? null });
      },
    ),
    operation(
      {
        id: "getRoom",
        method: "get",
        path: "/rooms/{id}",
        tag: "rooms",
        summary: "Look at a room",
        access: "rooms:read",
        params: { id: roomId },
        answers: { 200: { means: "The room, with its newest offset.", schema: roomAnswer } },
        refusals: { 404: noRoom },
        etag: true,
      },
      async ({ caller, param }) => give(200, await asSeenBy(caller.user, param("id"))),
    ),
    operation(
      {
        id: "changeRoom",
        method: "patch",
        path: "/rooms/{id}",
        tag: "rooms",
        summary: "Say what a room is about",
        more: "An empty topic is none.",
        access: "rooms:write",
        params: { id: roomId },
        body: roomChange,
        answers: { 200: { means: "The room as it is now.", schema: roomAnswer } },
        refusals: { 403: "You may not change this room, or it is a direct one.", 404: noRoom },
      },
      async ({ caller, param, body }) => {
        const { id } = await changeTopic(ports, caller.user, param("id"), body.topic);
        return give(200, await asSeenBy(caller.user, id));
      },
    ),
    operation(
      {
        id: "listMembers",
        method: "get",
        path: "/rooms/{id}/members",
        tag: "rooms",
        summary: "List who is in a room",
        access: "rooms:read",
        params: { id: roomId },
        query: z.object(pageParams),
        answers: { 200: { means: "A page of people, by name.", schema: memberList } },
        refusals: { 403: noMember, 404: noRoom, 429: tooManySearches },
        etag: true,
      },
      async ({ caller, param, query }) => {
        const { room } = await memberAccess(ports, caller.user, param("id"));
        await spendOnSearch(ports, caller.user, query.q);
        const { items, next } = await ports.rooms.members(room.id, pageQuery(query));
        const online = await onlineIn(ports, room, items);
        const people = items.map((user) => ({ ...userShape(user), online: online.has(user.id) }));
        return give(200, { items: people, next: next ?? null });
      },
    ),
    operation(
      {
        id: "joinRoom",
        method: "put",
        path: "/rooms/{id}/members/me",
        tag: "rooms",
        summary: "Join a room, or accept an invitation",
        more: "The same for a message request that you received.",
        access: "rooms:write",
        params: { id: roomId },
        answers: { 200: { means: "The room, with you in it.", schema: roomAnswer } },
        refusals: { 403: tooMany, 404: noRoom },
      },
      async ({ caller, param }) => {
        const { id } = await joinRoom(ports, caller.user, param("id"));
        return give(200, await asSeenBy(caller.user, id));
      },
    ),
    operation(
      {
        id: "leaveRoom",
        method: "delete",
        path: "/rooms/{id}/members/me",
        tag: "rooms",
        summary: "Leave a room, or decline an invitation",
        more: "The same for a message request that you received. Declining tells nobody.",
        access: "rooms:write",
        params: { id: roomId },
        answers: { 204: { means: "You are not in it, or not any more." } },
        refusals: { 403: "A direct room can't be left, only hidden.", 404: noRoom },
      },
      async ({ caller, param }) => {
        await leaveRoom(ports, caller.user, param("id"));
        return give(204);
      },
    ),
  ];
}

function pageQuery({ limit, cursor, q }: { limit: number; cursor?: string | undefined; q?: string | undefined }) {
  return { limit, ...(cursor ? { cursor } : {}), ...(q ? { search: q } : {}) };
}

export async function roomSeenBy(ports: Pick<Ports, "rooms" | "stream">, user: Author, room: string) {
  return { room: await liveRoomShape(ports, await accessRoom(ports, user, room)) };
}
