/** Errors say the same thing the same way: problem documents with stable codes over HTTP, the protocol's numbers on the socket. */
import { type ApiAnswer, callApi } from "#tests/support/api-person.ts";
import { type Check, holds, same } from "../check.ts";
import { channelOf, roomOfOne, subscribe } from "../talking.ts";
import type { ApiPerson, Reply, Room, World } from "../world.ts";

interface Refused {
  readonly what: string;
  readonly ask: () => Promise<ApiAnswer>;
  readonly status: number;
  readonly code: string;
}

export const errorChecks: readonly Check[] = [
  {
    name: "errors.http",
    promise:
      "Every refusal over HTTP is a problem document (RFC 9457) with a stable code and a sentence, and tells nothing of the inside.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      for (const { what, ask, status, code } of refusals(world, ana, room)) {
        const { body, ...answer } = await ask();
        same(`the status of ${what}`, answer.status, status);
        const type = answer.headers.get("content-type")?.split(";")[0];
        same(`the media type of ${what}`, type, "application/problem+json");
        same(`what ${what} says`, [body.type, body.status, body.code], ["about:blank", status, code]);
        for (const field of ["title", "detail", "requestId"])
          holds(
            `${field} of ${what}`,
            typeof body[field] === "string" && body[field].length > 0,
            "a text",
            body[field],
          );
        same(`the request's id of ${what}`, body.requestId, answer.headers.get("x-request-id"));
        const inside = /node_modules|\.tsx?:|\bat \w+ \(|Error:/.test(JSON.stringify(body));
        holds(`${what}`, !inside, "nothing of the inside", body);
      }
    },
  },
  {
    name: "errors.methods",
    promise: "An address refuses other methods with 405 and says in Allow which it takes; a 401 says how to sign in.",
    async run(world) {
      const { ana } = await roomOfOne(world);
      const put = await ana.call("PUT", "/rooms");
      same("the status", put.status, 405);
      const allow = (put.headers.get("allow") ?? "").split(", ").toSorted();
      same("Allow", allow, ["GET", "HEAD", "OPTIONS", "POST"]);
      const { status, headers } = await world.call("GET", "/me");
      same("the status without a token", status, 401);
      const challenge = headers.get("www-authenticate") ?? "";
      holds("WWW-Authenticate", challenge.startsWith("Bearer"), "Bearer …", challenge);
    },
  },
  {
    name: "errors.socket",
    promise: "Every refusal on the socket has the protocol's own number, and the connection goes on.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const program = await world.connect(ana);
      await subscribe(program, room);
      const channel = channelOf(room);
      const rpc = (method: string, data: unknown) => ({ rpc: { method, data } });
      const cases: readonly (readonly [string, Reply, number])[] = [
        ["an unknown channel", { subscribe: { channel: "nothing" } }, 102],
        ["a room that is none", { subscribe: { channel: `room:${Bun.randomUUIDv7()}` } }, 102],
        ["an unknown method", rpc("no.such.method", {}), 104],
        ["a name that objects have by themselves", rpc("constructor", {}), 104],
        ["subscribing twice", { subscribe: { channel } }, 105],
        ["publishing nothing", { publish: { channel } }, 107],
        ["publishing a number", { publish: { channel, data: { text: 7 } } }, 107],
        ["an id that is none", { publish: { channel, data: { id: "x", text: "x" } } }, 107],
        ["a call without a room", rpc("message.post", { text: "x" }), 107],
      ];
      for (const [what, asked, code] of cases) {
        const { error } = await program.call(asked);
        same(`the error for ${what}`, error?.code, code);
        holds(`the message for ${what}`, (error?.message ?? "").length > 0, "a text", error);
      }
      same("a ping afterwards", (await program.call({ ping: {} })).ping, {});
    },
  },
  {
    name: "errors.not-the-protocol",
    promise: "What is not the protocol ends the connection with 3501, and that one only.",
    async run(world) {
      const { ana } = await roomOfOne(world);
      const other = await world.connect(ana);
      for (const frame of ["x", "[]", '{"id":"a"}', '{"id":-1,"connect":{}}']) {
        const program = await world.connect(ana);
        program.send(frame);
        same(`the end after ${frame}`, (await program.ended()).code, 3501);
      }
      same("another connection", (await other.call({ ping: {} })).ping, {});
    },
  },
];

function refusals(world: World, ana: ApiPerson, { id }: Room): readonly Refused[] {
  const raw = (method: string, path: string, options: Parameters<typeof callApi>[3] = {}) =>
    callApi(world.url, method, path, { token: ana.token, ...options });
  const messages = `/rooms/${id}/messages`;
  const plain = { body: "text=x", headers: { "content-type": "text/plain" } };
  const post = (what: string, body: unknown, status: number, code: string) => ({
    ...{ what, status, code },
    ask: () => raw("POST", messages, { body }),
  });
  const get = (what: string, path: string, status: number, code: string, options = {}) => ({
    ...{ what, status, code },
    ask: () => raw("GET", path, options),
  });
  return [
    get("no token", "/me", 401, "unauthenticated", { token: undefined }),
    get("a token that is none", "/me", 401, "unauthenticated", { token: "x" }),
    get("no such address", "/no/such/address", 404, "not-found"),
    get("no such room", `/rooms/${Bun.randomUUIDv7()}`, 404, "not-found"),
    get("an answer that isn't JSON", "/me", 406, "not-acceptable", { headers: { accept: "text/html" } }),
    get("a limit that is none", `${messages}?limit=x`, 422, "invalid"),
    post("a body that isn't JSON", "{", 400, "malformed"),
    post("a body of another shape", [], 422, "invalid"),
    post("a missing field", {}, 422, "invalid"),
    post("an id that is none", { id: "x", text: "x" }, 422, "invalid"),
    post("a text that is too long", { text: "x".repeat(16_385) }, 413, "too-large"),
    {
      what: "another media type",
      status: 415,
      code: "unsupported-media-type",
      ask: () => raw("POST", messages, plain),
    },
    { what: "another method", status: 405, code: "method-not-allowed", ask: () => raw("DELETE", messages) },
    {
      ...{ what: "a name that is taken", status: 409, code: "conflict" },
      ask: () => world.call("POST", "/users", { body: { name: ana.name, password: "long enough" } }),
    },
    {
      ...{ what: "a wrong password", status: 401, code: "unauthenticated" },
      ask: () => world.call("POST", "/sessions", { body: { name: ana.name, password: "not the one" } }),
    },
  ];
}
