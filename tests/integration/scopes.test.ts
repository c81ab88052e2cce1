/** Each scope against each call of the API: what a token may is what its scopes say, and nothing besides. */
import { expect, test } from "bun:test";
import { scopes } from "#domain/program-token.ts";
import { callApi, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";

/** What a token needs for a call: a new call has its line here. Open: no token at all; any: whichever scope; never: a sign-in alone may. */
const expected = {
  open: ["signUp", "signIn", "refresh"],
  any: ["whoAmI"],
  never: [
    ...["listSessions", "signOut", "endSession", "signOutEverywhere"],
    ...["createToken", "listTokens", "revokeToken", "createBot", "listBots"],
  ],
  "rooms:read": ["listRooms", "listInvitations", "getRoom", "listMembers"],
  "rooms:write": ["createRoom", "openDirectRoom", "hideRoom", "joinRoom", "leaveRoom", "inviteMember", "changeRoom"],
  "messages:read": ["listMessages", "getMessage", "listEvents"],
  "messages:write": ["postMessage", "editMessage", "deleteMessage", "addReaction", "removeReaction"],
  "hooks:manage": ["listHooks", "createIncomingHook", "createOutgoingHook", "switchHookOn", "deleteHook"],
} as const;

interface Call {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
}

test("each token does what its scope says, and every call is in the table", async () => {
  await using gateway = await startGateway();
  const ana = await signUpPerson(gateway.url);
  const document = await (await fetch(`${gateway.url}/api/openapi.json`)).json();
  const calls: Call[] = Object.entries<Record<string, { operationId?: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { operationId }]) =>
        operationId === undefined ? [] : [{ operationId, method: method.toUpperCase(), path }],
      ),
  );
  expect(calls.map(({ operationId }) => operationId).sort()).toEqual(Object.values(expected).flat().sort());

  const refused: string[] = [];
  const wanted: string[] = [];
  for (const scope of scopes) {
    const made = await ana.call("POST", "/tokens", { name: scope, scopes: [scope] });
    for (const [needs, ids] of Object.entries(expected)) {
      if (needs === "open") continue;
      for (const id of ids) {
        if (needs !== "any" && needs !== scope) wanted.push(`${scope} ${id}`);
        const { method, path } = calls.find(({ operationId }) => operationId === id) ?? { method: "", path: "" };
        const concrete = path.replace(/^\/api\/v1/, "").replace(/\{\w+\}/g, Bun.randomUUIDv7());
        const { status, body } = await callApi(gateway.url, method, concrete, { token: made.body.secret });
        if (status === 403) refused.push(`${scope} ${id}`);
        expect([401, 500]).not.toContain(status);
        if (status === 403) expect(body.code).toBe("forbidden");
      }
    }
  }
  expect(refused.sort()).toEqual(wanted.sort());
});
