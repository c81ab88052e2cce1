/** API: changing messages that are there: edit, delete, react. */
import { deleteMessage, editMessage } from "#domain/change-message.ts";
import { isEmoji } from "#domain/emoji.ts";
import { ChatError } from "#domain/errors.ts";
import { withGrownTexts } from "#domain/grown-texts.ts";
import { parseMessageId } from "#domain/ids.ts";
import { memberMessage } from "#domain/member-message.ts";
import type { Message } from "#domain/message.ts";
import { react, type Wanted } from "#domain/react.ts";
import type { Author } from "#domain/user.ts";
import { edited, editInput, messageAnswer } from "../../api/message-schemas.ts";
import { versionsIn, versionTag } from "../../api/negotiate.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { exampleId } from "../../api/schemas.ts";
import { messageShape, notHereOf } from "../../api/shapes.ts";
import type { GatewayContext, Parts } from "../../app-env.ts";
import { noMember, noRoom, roomId } from "./rooms.ts";

const params = { id: roomId, messageId: { means: "The message's id.", example: exampleId } };
const reactionParams = { ...params, emoji: { means: "One emoji, percent-encoded.", example: "👍" } };
const messagePath = "/rooms/{id}/messages/{messageId}";
const reactionPath = `${messagePath}/reactions/{emoji}`;
const noMessage = `${noRoom} Or the room has no such message.`;
const notYours = `${noMember} Or it is not your message.`;

const stale = "It says something else than in the version that If-Match names: current has it.";

export function changeOperations({ ports }: Parts): readonly Operation[] {
  const asItReads = (c: GatewayContext, message: Message) => {
    const shape = messageShape(message);
    c.header("ETag", versionTag(shape.version));
    return { message: shape };
  };

  const expectedBy = (c: GatewayContext) => versionsIn(c.req.header("if-match"));

  const reactAs = async (user: Author, param: (name: keyof typeof reactionParams) => string, wanted: Wanted) => {
    const emoji = param("emoji");
    if (!isEmoji(emoji)) throw new ChatError("not-found", "There is no such emoji.");
    await react(ports, user, { room: param("id"), message: parseMessageId(param("messageId")) }, emoji, wanted);
    return give(204);
  };

  return [
    operation(
      {
        id: "getMessage",
        method: "get",
        path: messagePath,
        tag: "messages",
        summary: "Read one message",
        access: "messages:read",
        params,
        answers: { 200: { means: "The message as it reads now.", schema: messageAnswer } },
        refusals: { 403: noMember, 404: noMessage },
        versioned: true,
      },
      async ({ c, caller, param }) => {
        const ref = { room: param("id"), message: parseMessageId(param("messageId")) };
        const { message } = await memberMessage(ports, caller.user, ref);
        const [grown = message] = await withGrownTexts(ports, [message]);
        return give(200, asItReads(c, grown));
      },
    ),
    operation(
      {
        id: "editMessage",
        method: "patch",
        path: messagePath,
        tag: "messages",
        summary: "Edit your message",
        more: "With If-Match it replaces only what you have seen: of edits made for the same version one is taken, however many come at once.",
        access: "messages:write",
        params,
        body: editInput,
        answers: { 200: { means: "The message as it reads now.", schema: edited } },
        refusals: { 403: notYours, 404: noMessage, 409: "The message was deleted.", 412: stale },
        versioned: true,
      },
      async ({ c, caller, param, body: { text } }) => {
        const ref = { room: param("id"), message: parseMessageId(param("messageId")) };
        const now = await editMessage(ports, caller.user, ref, text, expectedBy(c));
        return give(200, { ...asItReads(c, now.message), ...notHereOf(now) });
      },
    ),
    operation(
      {
        id: "deleteMessage",
        method: "delete",
        path: messagePath,
        tag: "messages",
        summary: "Delete your message",
        more: "Its place stays, without its text and its reactions. Programs that read the events before keep what they read.",
        access: "messages:write",
        params,
        answers: { 204: { means: "Deleted, now or before." } },
        refusals: { 403: notYours, 404: noMessage, 412: stale },
        versioned: true,
      },
      async ({ c, caller, param }) => {
        const ref = { room: param("id"), message: parseMessageId(param("messageId")) };
        await deleteMessage(ports, caller.user, ref, expectedBy(c));
        return give(204);
      },
    ),
    operation(
      {
        id: "addReaction",
        method: "put",
        path: reactionPath,
        tag: "messages",
        summary: "React to a message",
        access: "messages:write",
        params: reactionParams,
        answers: { 204: { means: "Your reaction is there, now or before." } },
        refusals: {
          403: noMember,
          404: `${noMessage} Or that is not one emoji.`,
          409: "The message was deleted, or has as many reactions as fit.",
        },
      },
      async ({ caller, param }) => await reactAs(caller.user, param, "added"),
    ),
    operation(
      {
        id: "removeReaction",
        method: "delete",
        path: reactionPath,
        tag: "messages",
        summary: "Take a reaction back",
        access: "messages:write",
        params: reactionParams,
        answers: { 204: { means: "Your reaction is gone, now or before." } },
        refusals: { 403: noMember, 404: `${noMessage} Or that is not one emoji.` },
      },
      async ({ caller, param }) => await reactAs(caller.user, param, "removed"),
    ),
  ];
}
