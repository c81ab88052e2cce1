/** API: tokens for programs, and the bots that programs may speak as. */
import { parseProgramTokenId, parseUserId } from "#domain/ids.ts";
import { createBot, createProgramToken, listProgramTokens, revokeProgramToken } from "#domain/program-tokens.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { botAnswer, botInput, botList, exampleId, tokenAnswer, tokenInput, tokenList } from "../../api/schemas.ts";
import { tokenShape, userShape } from "../../api/shapes.ts";
import type { Parts } from "../../app-env.ts";

export function tokenOperations({ ports, programs }: Parts): readonly Operation[] {
  return [
    operation(
      {
        id: "createToken",
        method: "post",
        path: "/tokens",
        tag: "tokens",
        summary: "Create a token for a program",
        more: "It speaks as you, or as a bot of yours, and may do what its scopes say. The secret is shown in this answer and never again.",
        access: "sign-in",
        body: tokenInput,
        answers: { 201: { means: "The token, with its secret.", schema: tokenAnswer } },
        refusals: { 404: "You have no such bot.", 409: "You have as many tokens as one can have." },
      },
      async ({ caller, body: { bot, ...wish } }) => {
        const { secret, hash } = programs.make();
        const wanted = bot === undefined ? wish : { ...wish, bot: parseUserId(bot) };
        const { token, user } = await createProgramToken(ports, caller.user, wanted, hash);
        return give(201, { token: tokenShape(token, user), secret });
      },
    ),
    operation(
      {
        id: "listTokens",
        method: "get",
        path: "/tokens",
        tag: "tokens",
        summary: "List your tokens",
        more: "Also those of your bots, and those that have expired.",
        access: "sign-in",
        answers: { 200: { means: "Newest first.", schema: tokenList } },
      },
      async ({ caller }) => {
        const items = await listProgramTokens(ports, caller.user);
        return give(200, { items: items.map(({ token, user }) => tokenShape(token, user)), next: null });
      },
    ),
    operation(
      {
        id: "revokeToken",
        method: "delete",
        path: "/tokens/{id}",
        tag: "tokens",
        summary: "Revoke a token",
        more: "It is refused from then on, and its sockets close within a second.",
        access: "sign-in",
        params: { id: { means: "A token's id.", example: exampleId } },
        answers: { 204: { means: "Revoked." } },
        refusals: { 404: "You have no such token." },
      },
      async ({ caller, param }) => {
        await revokeProgramToken(ports, caller.user, parseProgramTokenId(param("id")));
        return give(204);
      },
    ),
    operation(
      {
        id: "createBot",
        method: "post",
        path: "/bots",
        tag: "tokens",
        summary: "Create a bot",
        more: "An account of yours that nobody signs in to. Create a token for it, and a program speaks under its name.",
        access: "sign-in",
        body: botInput,
        answers: { 201: { means: "The bot.", schema: botAnswer } },
        refusals: { 409: "The name, or one that looks like it, is taken, or you have as many bots as one can have." },
      },
      async ({ caller, body }) => {
        const bot = await createBot(ports, caller.user, body.name);
        return give(201, { bot: userShape(bot) });
      },
    ),
    operation(
      {
        id: "listBots",
        method: "get",
        path: "/bots",
        tag: "tokens",
        summary: "List your bots",
        access: "sign-in",
        answers: { 200: { means: "By name.", schema: botList } },
      },
      async ({ caller }) => {
        const items = (await ports.users.botsOf(caller.user.id)).map(userShape);
        return give(200, { items, next: null });
      },
    ),
  ];
}
