/** API: people and their sign-ins. */
import { signIn, signUp } from "#domain/accounts.ts";
import { ChatError } from "#domain/errors.ts";
import { parseSessionId } from "#domain/ids.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import { endAllSessions, endSession, refreshSession } from "#domain/sessions.ts";
import { give, type Operation, operation } from "../../api/operation.ts";
import { credentials, exampleId, refreshInput, sessionList, signedIn, userAnswer } from "../../api/schemas.ts";
import { sessionShape, userShape } from "../../api/shapes.ts";
import type { GatewayContext, Parts } from "../../app-env.ts";
import { clientAddress, entryPlace } from "../../client-address.ts";
import { signOutHere } from "../../session.ts";

const sessionId = { means: "A session's id.", example: exampleId };

export function accountOperations(parts: Parts): readonly Operation[] {
  const { ports, tokens } = parts;
  const from = (c: GatewayContext) => ({
    ...entryPlace(parts, c),
    device: c.req.header("user-agent") ?? "",
  });

  /** A token that is ours is limited by its session, not by an address that many may share. */
  const parsed = async (c: GatewayContext, token: string) => {
    try {
      return tokens.parseRefresh(token);
    } catch (error) {
      await spend(ports, rateLimits.refreshPerAddress, clientAddress(parts, c));
      throw error;
    }
  };

  return [
    operation(
      {
        id: "signUp",
        method: "post",
        path: "/users",
        tag: "accounts",
        summary: "Sign up",
        more: "Makes an account, joins the lobby and signs in.",
        access: "open",
        body: credentials,
        answers: { 201: { means: "The new account, signed in.", schema: signedIn } },
        refusals: { 409: "The name, or one that looks like it, is taken." },
      },
      async ({ c, body }) => {
        const made = await signUp(ports, { ...body, ...from(c) });
        return give(201, { user: userShape(made.user), ...(await tokens.issue(made)) });
      },
    ),
    operation(
      {
        id: "signIn",
        method: "post",
        path: "/sessions",
        tag: "accounts",
        summary: "Sign in",
        access: "open",
        body: credentials,
        answers: { 201: { means: "Signed in.", schema: signedIn } },
        refusals: { 401: "The name and the password don't belong together." },
      },
      async ({ c, body }) => {
        const made = await signIn(ports, { ...body, ...from(c) });
        return give(201, { user: userShape(made.user), ...(await tokens.issue(made)) });
      },
    ),
    operation(
      {
        id: "refresh",
        method: "post",
        path: "/sessions/refresh",
        tag: "accounts",
        summary: "Exchange a refresh token",
        more: 'Each refresh token is exchanged once, for an access token and its successor. One used a second time ends the whole session. Did the answer get lost? Ask once more with "again", within ten minutes: the token exchanged last is good again, and what it was exchanged for is not any more.',
        access: "open",
        body: refreshInput,
        answers: { 200: { means: "The next pair of tokens.", schema: signedIn } },
        refusals: { 401: "The refresh token is not valid, or was used before." },
      },
      async ({ c, body }) => {
        const { session: id, generation } = await parsed(c, body.refreshToken);
        await spend(ports, rateLimits.refreshPerSession, id);
        const session = await refreshSession(ports, id, generation, { again: body.again ?? false });
        const user = await ports.users.byId(session.user);
        if (user === undefined) throw new ChatError("unauthenticated", "Sign in again.");
        return give(200, { user: userShape(user), ...(await tokens.issue({ user, session })) });
      },
    ),
    operation(
      {
        id: "listSessions",
        method: "get",
        path: "/sessions",
        tag: "accounts",
        summary: "List the devices you are signed in on",
        access: "sign-in",
        answers: { 200: { means: "Newest first.", schema: sessionList } },
      },
      async ({ caller }) => {
        const sessions = await ports.sessions.listOf(caller.user.id);
        const items = sessions.map((session) => sessionShape(session, caller.session));
        return give(200, { items, next: null });
      },
    ),
    operation(
      {
        id: "signOutEverywhere",
        method: "delete",
        path: "/sessions",
        tag: "accounts",
        summary: "Sign out everywhere",
        more: "Tokens of programs go on: revoke those by themselves.",
        access: "sign-in",
        answers: { 204: { means: "Every session has ended." } },
      },
      async ({ caller }) => {
        await endAllSessions(ports, caller.user);
        return give(204);
      },
    ),
    operation(
      {
        id: "signOut",
        method: "delete",
        path: "/sessions/current",
        tag: "accounts",
        summary: "Sign out here",
        access: "sign-in",
        answers: { 204: { means: "This session has ended." } },
      },
      async ({ caller }) => {
        await signOutHere(parts, caller);
        return give(204);
      },
    ),
    operation(
      {
        id: "endSession",
        method: "delete",
        path: "/sessions/{id}",
        tag: "accounts",
        summary: "Sign out one device",
        access: "sign-in",
        params: { id: sessionId },
        answers: { 204: { means: "That session has ended." } },
        refusals: { 404: "You have no such session." },
      },
      async ({ caller, param }) => {
        await endSession(ports, caller.user, parseSessionId(param("id")));
        return give(204);
      },
    ),
    operation(
      {
        id: "whoAmI",
        method: "get",
        path: "/me",
        tag: "accounts",
        summary: "See who you are",
        access: "any",
        answers: { 200: { means: "Who this token speaks as.", schema: userAnswer } },
      },
      async ({ caller }) => give(200, { user: userShape(caller.user) }),
    ),
  ];
}
