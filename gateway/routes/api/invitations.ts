/** API: what needs somebody's consent, which is being in a room and direct messages of strangers. */
import { openDirectRoom } from "#domain/create-room.ts";
import { hideDirectRoom } from "#domain/hide-direct-room.ts";
import { parseUserId } from "#domain/ids.ts";
import { inviteMember, maxOpenInvitations, waitingFor } from "#domain/invitations.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { directInput, exampleId, invitationList, invitedAnswer, roomAnswer } from "../../api/schemas.ts";
import { invitationShape, requestShape } from "../../api/shapes.ts";
import type { Parts } from "../../app-env.ts";
import { noRoom, roomId, roomSeenBy } from "./rooms.ts";

export function invitationOperations({ ports, config }: Parts): readonly Operation[] {
  return [
    operation(
      {
        id: "openDirectRoom",
        method: "post",
        path: "/rooms/direct",
        tag: "rooms",
        summary: "Open the direct room with somebody",
        more: "The same room for the same two people, whoever asks. With somebody who shares no room with you but the lobby it begins as a message request.",
        access: "rooms:write",
        body: directInput,
        answers: {
          201: { means: "The room, just opened.", schema: roomAnswer },
          200: { means: "The room that was there.", schema: roomAnswer },
        },
        refusals: {
          403: "Too many of your message requests wait for an answer, or the person takes none at the moment.",
          404: "There is no such person.",
        },
      },
      async ({ caller, body }) => {
        const { room, created } = await openDirectRoom(ports, caller.user, body.userIds.map(parseUserId));
        return give(created ? 201 : 200, await roomSeenBy(ports, caller.user, room.id));
      },
    ),
    operation(
      {
        id: "hideRoom",
        method: "put",
        path: "/rooms/{id}/hidden",
        tag: "rooms",
        summary: "Take a direct room out of your list",
        more: "It comes back with the next message, or when you open it again.",
        access: "rooms:write",
        params: { id: roomId },
        answers: { 204: { means: "It is not in your list." } },
        refusals: { 403: "Only a direct room can be hidden.", 404: noRoom },
      },
      async ({ caller, param }) => {
        await hideDirectRoom(ports, caller.user, param("id"));
        return give(204);
      },
    ),
    operation(
      {
        id: "inviteMember",
        method: "put",
        path: "/rooms/{id}/members/{userId}",
        tag: "rooms",
        summary: "Invite somebody to a room",
        more: "They are asked first, unless it is a bot of yours or of the operator's, or the operator has set ADD_PEOPLE to at-once. Inviting somebody again changes nothing.",
        access: "rooms:write",
        params: { id: roomId, userId: { means: "A person's id.", example: exampleId } },
        answers: {
          200: { means: "The room, with them in it.", schema: roomAnswer },
          202: { means: "They are invited.", schema: invitedAnswer },
        },
        refusals: {
          403: `You are not a member, it is a direct room, or ${maxOpenInvitations} of your invitations wait for an answer.`,
          404: "There is no such room or person.",
        },
      },
      async ({ caller, param }) => {
        const guest = parseUserId(param("userId"));
        const { room, invited } = await inviteMember(ports, caller.user, param("id"), guest, config.addPeople);
        if (invited) return give(202, { invited });
        return give(200, await roomSeenBy(ports, caller.user, room.id));
      },
    ),
    operation(
      {
        id: "listInvitations",
        method: "get",
        path: "/me/invitations",
        tag: "rooms",
        summary: "List what waits for your answer",
        more: "Invitations to rooms, and message requests of people you have not talked to yet, newest first. Join the room to accept one (PUT /rooms/{id}/members/me), leave it to decline (DELETE).",
        access: "rooms:read",
        answers: { 200: { means: "All of them.", schema: invitationList } },
        etag: true,
      },
      async ({ caller: { user } }) => {
        const { invitations, requests } = await waitingFor(ports, user.id);
        const items = [...invitations.map(invitationShape), ...requests.map(requestShape)];
        return give(200, { items: items.sort((one, other) => (one.at < other.at ? 1 : -1)), next: null });
      },
    ),
  ];
}
