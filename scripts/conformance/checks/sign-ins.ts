/** Tokens are exchanged once, a stolen one gives itself away, and a sign-out ends sockets within a second. */
import { type Check, holds, same } from "../check.ts";
import { until } from "../talking.ts";
import type { ApiPerson, Program, World } from "../world.ts";

const withinMs = 1_000;
/** "force disconnect": a client does not come back by itself. */
const signedOut = 3503;
const invalidToken = 3500;

export const signInChecks: readonly Check[] = [
  {
    name: "sign-in.refresh",
    promise: "A refresh token is exchanged for an access token and another refresh token, and both work.",
    async run(world) {
      const { own } = await stage(world);
      const first = await refresh(world, own.refreshToken);
      same("the status", first.status, 200);
      const { user, accessToken, refreshToken, expiresIn } = first.body;
      same("whose they are", user.id, own.id);
      holds("the refresh token", refreshToken !== own.refreshToken, "another one", "the same one");
      holds("when it expires", expiresIn > 0, "seconds", expiresIn);
      same("the new access token", (await world.call("GET", "/me", { token: accessToken })).status, 200);
      same("the new refresh token", (await refresh(world, refreshToken)).status, 200);
    },
  },
  {
    name: "sign-in.reuse",
    promise:
      "A refresh token that is used twice ends the whole session within a second: tokens, sockets, and what came of it.",
    async run(world) {
      const { own, ana } = await stage(world);
      const { body } = await refresh(world, own.refreshToken);
      const socket = await world.connect({ ...own, token: body.accessToken });
      const from = performance.now();
      const reused = await refresh(world, own.refreshToken);
      same("the answer to the reuse", [reused.status, reused.body.code], [401, "unauthenticated"]);
      await endsWithin("the session's socket", socket, from);
      await until(async () => (await world.call("GET", "/me", { token: body.accessToken })).status === 401, {
        deadlineMs: withinMs,
        what: "the end of the access token",
      });
      same("the newest refresh token", (await refresh(world, body.refreshToken)).status, 401);
      same("the person's other sign-in", (await ana.get("/me")).status, 200);
    },
  },
  {
    name: "sign-in.nonsense",
    promise: "What is no refresh token is refused with 401, and what is no access token ends a socket with 3500.",
    async run(world) {
      for (const token of ["x", "a.b.c", ""]) {
        const { status } = await refresh(world, token);
        holds(`the status for ${JSON.stringify(token)}`, status === 401 || status === 422, "401 or 422", status);
      }
      const program = await world.open();
      program.send(JSON.stringify({ id: 1, connect: { token: "a.b.c" } }));
      same("the socket's end", (await program.ended()).code, invalidToken);
    },
  },
  {
    name: "sign-in.out-here",
    promise: "Signing out ends the session's tokens and sockets within a second, and none of the person's others.",
    async run(world) {
      const { own, ana } = await stage(world);
      const [ends, stays] = [await world.connect(own), await world.connect(ana)];
      const from = performance.now();
      same("the status", (await own.call("DELETE", "/sessions/current")).status, 204);
      await endsWithin("the session's socket", ends, from);
      same("its access token", (await own.get("/me")).status, 401);
      same("its refresh token", (await refresh(world, own.refreshToken)).status, 401);
      same("the other socket", (await stays.call({ ping: {} })).ping, {});
    },
  },
  {
    name: "sign-in.out-there",
    promise: "A session can be found in the list and ended from another one, within a second.",
    async run(world) {
      const { own, ana } = await stage(world);
      const socket = await world.connect(own);
      const { body } = await own.get("/sessions");
      const current = body.items.find((session: { current: boolean }) => session.current);
      holds("the list", current !== undefined, "the session that asks, marked as current", body.items);
      const from = performance.now();
      same("the status", (await ana.call("DELETE", `/sessions/${current.id}`)).status, 204);
      await endsWithin("its socket", socket, from);
      const again = await world.open();
      again.send(JSON.stringify({ id: 1, connect: { token: own.token } }));
      same("connecting again", (await again.ended()).code, invalidToken);
    },
  },
  {
    name: "sign-in.out-everywhere",
    promise: "Signing out everywhere ends all of a person's sockets within a second, and nobody else's.",
    async run(world) {
      const [, , , , dan] = (await world.people(5)) as readonly ApiPerson[] as [0, 0, 0, 0, ApiPerson];
      const [ana] = (await world.people(1)) as [ApiPerson];
      const sessions = [await world.signIn(dan), await world.signIn(dan)] as const;
      const sockets = await Promise.all(sessions.map((session) => world.connect(session)));
      const other = await world.connect(ana);
      const from = performance.now();
      same("the status", (await sessions[0].call("DELETE", "/sessions")).status, 204);
      for (const socket of sockets) await endsWithin("a socket", socket, from);
      same("somebody else's socket", (await other.call({ ping: {} })).ping, {});
      // Others may need this person again.
      const { token, refreshToken } = await world.signIn(dan);
      Object.assign(dan, { token, refreshToken });
    },
  },
  {
    name: "sign-in.socket-refresh",
    promise: "A socket goes on with a new token of the same person, and is ended by one of somebody else.",
    async run(world) {
      const { own, ana, ben } = await stage(world);
      const socket = await world.connect(own);
      const { body } = await refresh(world, own.refreshToken);
      const reply = await socket.call({ refresh: { token: body.accessToken } });
      holds("the reply", reply.refresh?.expires === true && reply.refresh.ttl > 0, "expires and ttl", reply);
      socket.send(JSON.stringify({ id: 90_000, refresh: { token: ben.token } }));
      same("the end", (await socket.ended()).code, invalidToken);
      same("the person's other sign-in", (await ana.get("/me")).status, 200);
    },
  },
  {
    name: "sign-in.program-tokens",
    promise: "A program's token does what its scopes say and no more, and ends within a second of being revoked.",
    async run(world) {
      const { ana } = await stage(world);
      const room = await world.room([ana]);
      const made = await ana.call("POST", "/tokens", { name: "conformance", scopes: ["messages:read"] });
      same("the status of a new token", made.status, 201);
      const { secret, token } = made.body;
      const as = (method: string, path: string, body?: unknown) => world.call(method, path, { token: secret, body });
      same("reading with it", (await as("GET", `/rooms/${room.id}/messages`)).status, 200);
      same("writing with it", (await as("POST", `/rooms/${room.id}/messages`, { text: "x" })).status, 403);
      same(
        "making a token with it",
        (await as("POST", "/tokens", { name: "y", scopes: ["messages:write"] })).status,
        403,
      );
      const socket = await world.connect({ ...ana, token: secret });
      const channel = `room:${room.id}`;
      same("publishing with it", (await socket.call({ publish: { channel, data: { text: "x" } } })).error?.code, 103);
      const list = await ana.get("/tokens");
      same("its secret in the list of tokens", JSON.stringify(list.body).includes(secret), false);
      const from = performance.now();
      same("revoking it", (await ana.call("DELETE", `/tokens/${token.id}`)).status, 204);
      const { atMs } = await socket.ended();
      const tookMs = Math.round(atMs - from);
      holds("how long its socket took to end", tookMs <= withinMs, `at most ${withinMs} ms`, `${tookMs} ms`);
      same("calling with it", (await as("GET", "/me")).status, 401);
    },
  },
];

async function stage(world: World) {
  const [ana, ben] = (await world.people(2)) as [ApiPerson, ApiPerson];
  return { ana, ben, own: await world.signIn(ana) };
}

function refresh(world: World, refreshToken: string) {
  return world.call("POST", "/sessions/refresh", { body: { refreshToken } });
}

async function endsWithin(what: string, socket: Program, from: number): Promise<void> {
  const { code, atMs } = await socket.ended();
  same(`why ${what} ended`, code, signedOut);
  const tookMs = Math.round(atMs - from);
  holds(`how long ${what} took to end`, tookMs <= withinMs, `at most ${withinMs} ms`, `${tookMs} ms`);
}
