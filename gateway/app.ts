/** The gateway as one Hono app plus its sockets: everything a browser or a program can ask for, and how it stops. */
import type { Server, WebSocketHandler } from "bun";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { ChatError, unavailable } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import { reportRenderingFaults } from "#views/markdown.ts";
import { serveOperations } from "./api/serve.ts";
import type { GatewayContext, GatewayEnv, Parts } from "./app-env.ts";
import { askedPath, withoutHost } from "./asked-address.ts";
import { type Assets, buildAssets } from "./assets.ts";
import { chromeOf, problemChrome } from "./chrome.ts";
import { clientAddress } from "./client-address.ts";
import type { Config } from "./config.ts";
import { freshPorts } from "./fresh-ports.ts";
import { createHeldAnswers } from "./held-answers.ts";
import { createHookSecrets } from "./hook-secrets.ts";
import { HttpProblem } from "./http-problem.ts";
import { openKeyRing } from "./key-ring.ts";
import { errorFields, type Log } from "./log.ts";
import { measuredPorts } from "./measured-ports.ts";
import { checkSameOrigin } from "./origin.ts";
import { securityHeaders } from "./page.tsx";
import { createProgramSecrets } from "./program-secrets.ts";
import { refusalOf, refuseAsPage, refuseAsProblem } from "./refusals.tsx";
import { rememberRefusals } from "./remembered-limits.ts";
import { rememberRooms } from "./remembered-rooms.ts";
import { rememberUsers } from "./remembered-users.ts";
import { inRequest } from "./request-scope.ts";
import { openRevocations } from "./revocations.ts";
import { answerRoutes } from "./routes/answers.ts";
import { apiOperations, openapiRoutes } from "./routes/api/operations.ts";
import { apiGuideRoutes } from "./routes/api-guide.tsx";
import { directoryRoutes } from "./routes/directory.tsx";
import { healthRoutes } from "./routes/health.ts";
import { hookRoutes } from "./routes/hooks.tsx";
import { incomingHookRoutes } from "./routes/incoming-hooks.ts";
import { membershipRoutes } from "./routes/membership.tsx";
import { messageRoutes } from "./routes/message.tsx";
import { requestRoutes } from "./routes/requests.tsx";
import { roomRoutes } from "./routes/room.tsx";
import { sessionRoutes } from "./routes/sessions.tsx";
import { tokenRoutes } from "./routes/tokens.tsx";
import { welcomeRoutes } from "./routes/welcome.tsx";
import { pageCaller } from "./session.ts";
import type { SocketState } from "./socket-kind.ts";
import { createSockets, type SocketPublisher } from "./sockets.ts";
import { createTokens } from "./tokens.ts";

/** A request id given by a proxy is kept when it looks like one. */
const requestIdShape = /^[\w.-]{8,64}$/;

export interface GatewayOptions {
  readonly ports: Ports;
  readonly config: Config;
  /** Seals signing keys and makes refresh tokens; the same on every gateway. */
  readonly secret: string;
  readonly log: Log;
  /** Rejects while something that the gateway works with is away. */
  readonly ready: () => Promise<void>;
  /** Built already, or on their way. */
  readonly assets?: Assets | Promise<Assets>;
}

type GatewayServer = Server<SocketState>;

export interface Gateway {
  fetch(request: Request, server: GatewayServer): Promise<Response | undefined>;
  readonly websocket: WebSocketHandler<SocketState>;
  /** Sockets open at this gateway. */
  connections(): number;
  /** Signals may have been lost: what relies on them is read anew. */
  signalsResumed(): void;
  start(server: SocketPublisher): Promise<void>;
  /** Refuses new sockets, finishes frames in hand, tells sockets to come back. Requests in flight are the server's to finish. */
  stop(): Promise<void>;
}

export async function createGateway({
  ports: given,
  config,
  secret,
  log,
  ready,
  ...built
}: GatewayOptions): Promise<Gateway> {
  const { accessTokenMs: tokenLifetimeMs, keyLifetimeMs } = config;
  reportRenderingFaults((error) => log.error("a text is shown as it was written", errorFields(error)));
  const [assets, hookSecrets, ring] = await Promise.all([
    built.assets ?? buildAssets(),
    createHookSecrets(secret),
    openKeyRing(given, { secret, keyLifetimeMs, tokenLifetimeMs }),
  ]);
  const rooms = rememberRooms(given.rooms, { clock: given.clock, follows: (room) => sockets.hub.follows(room) });
  const limiter = rememberRefusals(given.limiter, given.clock);
  const ports = freshPorts({ ...measuredPorts(given), rooms, limiter, users: rememberUsers(given.users) });
  const tokens = createTokens(ring, secret, tokenLifetimeMs, ports.clock);
  const revocations = await openRevocations(ports, tokenLifetimeMs, (sessions) => sockets.endSessions(sessions));
  const programs = createProgramSecrets(ports, tokenLifetimeMs, log);
  const parts: Parts = { ports, config, log, ring, tokens, programs, hookSecrets, revocations, assets };
  const sockets = createSockets(parts, rooms.forget);
  let stopping = false;
  const app = routes(parts, async () => {
    if (stopping) throw unavailable("The gateway is stopping.");
    await ready();
  });

  return {
    async fetch(request, server) {
      const path = askedPath(request);
      if (path === undefined) return await app.fetch(withoutHost(request), { server, malformed: true });
      if (!sockets.serves(path)) return await app.fetch(request, { server });
      try {
        return await sockets.upgrade(request, server);
      } catch (error) {
        const { status, sentence, headers } = refusalOf(error, log, ports.ids.next());
        return new Response(sentence, { status, headers });
      }
    },
    websocket: sockets.websocket,
    connections: sockets.count,
    signalsResumed() {
      revocations.reread().catch((error) => log.warn("revocations not read", errorFields(error)));
    },
    start: sockets.start,
    async stop() {
      stopping = true;
      await sockets.stop();
      await revocations.close();
      ring.close();
    },
  };
}

/** All routes; exported for tests that need no sockets. */
export function routes(parts: Parts, ready: () => Promise<void>): Hono<GatewayEnv> {
  const { ports, log, assets, config } = parts;
  const app = new Hono<GatewayEnv>();
  const answers = createHeldAnswers();
  ports.metrics.gauge("superchat_gateway_held_answer_bytes", answers.held);

  app.use(async (c, next) => {
    const given = c.req.header("x-request-id");
    c.set("requestId", given !== undefined && requestIdShape.test(given) ? given : ports.ids.next());
    c.set("chrome", chromeOf(parts, c));
    // What is asked for with HEAD is never read.
    const isHead = c.req.raw.method === "HEAD";
    c.set("bodyOf", (text) => (isHead ? text : answers.bodyOf(text, holderOf(parts, c))));
    const startedAt = performance.now();
    await inRequest({ requestId: c.get("requestId"), arrivedAt: startedAt }, next);
    for (const [name, value] of securityHeaders) c.res.headers.set(name, value);
    c.res.headers.set("X-Request-Id", c.get("requestId"));
    log.debug("request", {
      requestId: c.get("requestId"),
      method: c.req.method,
      // The rest of a webhook's address is a secret.
      path: c.req.path.replace(/^(\/hooks\/).+/, "$1-"),
      status: c.res.status,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
    });
  });

  app.use(async (c, next) => {
    if (c.env.malformed) throw new HttpProblem("malformed", "The request names no host that could be one.");
    await next();
  });

  app.route("/", healthRoutes(parts, { ready }));
  app.get("/static/*", (c) => {
    const [acceptEncoding, ifNoneMatch] = [c.req.header("accept-encoding"), c.req.header("if-none-match")];
    return assets.serve(c.req.path, { acceptEncoding, ifNoneMatch }) ?? notFound();
  });

  const operations = apiOperations(parts);
  const api = new Hono<GatewayEnv>();
  api.use(async (c, next) => {
    await next();
    if (!c.res.headers.has("ETag")) c.res.headers.set("Cache-Control", "no-store");
  });
  api.route("/", serveOperations(parts, operations));
  app.route("/api/v1", api);
  app.route("/", openapiRoutes(operations));

  app.route("/", incomingHookRoutes(parts));

  const pages = new Hono<GatewayEnv>();
  // Behind a proxy it compresses.
  if (!config.trustProxy) pages.use(compress({ encoding: "gzip" }));
  pages.use(async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") checkSameOrigin(c.req.raw.headers, config);
    c.set("caller", await pageCaller(parts, c));
    await spendOnPage(parts, c);
    await next();
  });
  for (const make of [
    welcomeRoutes,
    sessionRoutes,
    tokenRoutes,
    apiGuideRoutes,
    directoryRoutes,
    membershipRoutes,
    requestRoutes,
    hookRoutes,
    roomRoutes,
    answerRoutes,
    messageRoutes,
  ]) {
    pages.route("/", make(parts));
  }
  app.route("/", pages);

  const chromeOfProblem = problemChrome(ports);
  const refuse = (c: GatewayContext, error: unknown) => {
    const refusal = refusalOf(error, log, c.get("requestId"));
    return isForPrograms(c) ? refuseAsProblem(c, refusal) : refuseAsPage(c, refusal, chromeOfProblem);
  };
  app.notFound((c) => refuse(c, new ChatError("not-found", "There is nothing at this address.")));
  app.onError((error, c) => refuse(c, error));
  return app;
}

/** Whoever is signed in, from wherever; else the address. */
function holderOf(parts: Pick<Parts, "config" | "log">, c: GatewayContext): string {
  return c.get("caller")?.user.id ?? clientAddress(parts, c);
}

/** @throws ChatError rate-limited */
async function spendOnPage(parts: Parts, c: GatewayContext): Promise<void> {
  const limit = c.get("caller") === undefined ? rateLimits.pagesPerAddress : rateLimits.pagesPerPerson;
  await spend(parts.ports, limit, holderOf(parts, c));
}

function isForPrograms(c: GatewayContext): boolean {
  return ["/api/", "/hooks/", "/.well-known/"].some((start) => c.req.path.startsWith(start));
}

function notFound(): never {
  throw new ChatError("not-found", "There is nothing at this address.");
}
