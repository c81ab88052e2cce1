/** API: the webhooks of a room. */
import type { IncomingHook, OutgoingHook } from "#domain/hook.ts";
import { createIncomingHook, createOutgoingHook, listHooks, removeHook, switchHookOn } from "#domain/hooks.ts";
import { parseHookId } from "#domain/ids.ts";
import type { Author } from "#domain/user.ts";
import {
  hookId,
  hookList,
  incomingAnswer,
  incomingInput,
  outgoingAnswer,
  outgoingInput,
  outgoingMade,
} from "../../api/hook-schemas.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { userShape } from "../../api/shapes.ts";
import type { Parts } from "../../app-env.ts";
import { incomingHookUrl } from "../incoming-hooks.ts";
import { noRoom, roomId } from "./rooms.ts";

const notMaker = "Only the room's administrator may, and not in a direct room.";
const noHook = "There is no such room or webhook.";

export function hookOperations({ ports, config, hookSecrets }: Parts): readonly Operation[] {
  return [
    operation(
      {
        id: "listHooks",
        method: "get",
        path: "/rooms/{id}/hooks",
        tag: "hooks",
        summary: "List a room's webhooks",
        access: "hooks:manage",
        params: { id: roomId },
        answers: { 200: { means: "Newest first.", schema: hookList } },
        refusals: { 403: notMaker, 404: noRoom },
      },
      async ({ caller, param }) => {
        const found = await listHooks(ports, caller.user, param("id"));
        const items = found.flatMap(({ hook, bot }): readonly HookShape[] => {
          if (hook.kind === "outgoing") return [outgoingShape(hook)];
          return bot === undefined ? [] : [incomingShape(hook, bot)];
        });
        return give(200, { items, next: null });
      },
    ),
    operation(
      {
        id: "createIncomingHook",
        method: "post",
        path: "/rooms/{id}/hooks/incoming",
        tag: "hooks",
        summary: "Create an address that posts to a room",
        more: 'It takes what Slack\'s incoming webhooks take: {"text": "…"}. It posts as a bot of yours by this name, which is made if there is none. With a token it posts as the bot that the token speaks as, and as nobody else: the name is that bot\'s. It posts for as long as who made it is in the room. The address is shown in this answer and never again.',
        access: "hooks:manage",
        params: { id: roomId },
        body: incomingInput,
        answers: { 201: { means: "The webhook, with its address.", schema: incomingAnswer } },
        refusals: {
          403: `${notMaker} Or a token would speak as somebody else.`,
          404: noRoom,
          409: "The name is taken, or there are as many webhooks or bots as can be.",
        },
      },
      async ({ c, caller, param, body }) => {
        const { secret, hash } = hookSecrets.makeIncoming();
        const wish = { ...body, room: param("id"), asItself: caller.scopes !== undefined };
        const { hook, bot } = await createIncomingHook(ports, caller.user, wish, hash);
        return give(201, { hook: incomingShape(hook, bot), url: incomingHookUrl(config, c, secret) });
      },
    ),
    operation(
      {
        id: "createOutgoingHook",
        method: "post",
        path: "/rooms/{id}/hooks/outgoing",
        tag: "hooks",
        summary: "Send what happens in a room to an address",
        more: "From now on, in order and at least once, signed according to the Standard Webhooks specification. The secret that signs is shown in this answer and never again.",
        access: "hooks:manage",
        params: { id: roomId },
        body: outgoingInput,
        answers: { 201: { means: "The webhook, with its secret.", schema: outgoingMade } },
        refusals: { 403: notMaker, 404: noRoom, 409: "There are as many webhooks as a room can have." },
      },
      async ({ caller, param, body }) => {
        const { secret, sealed } = await hookSecrets.makeOutgoing();
        const hook = await createOutgoingHook(ports, caller.user, { room: param("id"), ...body }, sealed);
        return give(201, { hook: outgoingShape(hook), secret });
      },
    ),
    operation(
      {
        id: "switchHookOn",
        method: "post",
        path: "/rooms/{id}/hooks/{hookId}/on",
        tag: "hooks",
        summary: "Switch an outgoing webhook on again",
        more: "It goes on where it stopped, at once, and is yours from then on.",
        access: "hooks:manage",
        params: { id: roomId, hookId },
        answers: { 200: { means: "The webhook, which is on.", schema: outgoingAnswer } },
        refusals: { 403: notMaker, 404: noHook },
      },
      async ({ caller, param }) => {
        const { hook } = await switchHookOn(ports, caller.user, param("id"), parseHookId(param("hookId")));
        return give(200, { hook: outgoingShape(hook) });
      },
    ),
    operation(
      {
        id: "deleteHook",
        method: "delete",
        path: "/rooms/{id}/hooks/{hookId}",
        tag: "hooks",
        summary: "Delete a webhook",
        more: "The bot of an incoming webhook leaves the room too, unless another webhook of the room or a token speaks as it. Its messages stay.",
        access: "hooks:manage",
        params: { id: roomId, hookId },
        answers: { 204: { means: "It is gone, and its address or secret with it." } },
        refusals: { 403: notMaker, 404: noHook },
      },
      async ({ caller, param }) => {
        await removeHook(ports, caller.user, param("id"), parseHookId(param("hookId")));
        return give(204);
      },
    ),
  ];
}

type HookShape = ReturnType<typeof incomingShape> | ReturnType<typeof outgoingShape>;

function incomingShape({ id, room, createdAt }: IncomingHook, bot: Author) {
  return { kind: "incoming" as const, id, room, createdAt, bot: userShape(bot) };
}

function outgoingShape({ id, room, createdAt, url, state, position, nextTryAt, ...standing }: OutgoingHook) {
  const { failingSince = null, lastSuccessAt = null, lastFailure = null } = standing;
  const kind = "outgoing" as const;
  return { kind, id, room, createdAt, url, state, position, failingSince, lastSuccessAt, lastFailure, nextTryAt };
}
