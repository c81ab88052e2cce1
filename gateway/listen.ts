/**
 * Takes the port before anything else is opened, answers 503 until a gateway is attached, and stops in order. Lets the port go while
 * nearly all files are open that may be, and takes it again.
 */
import type { Server, WebSocketHandler } from "bun";
import type { Gateway } from "./app.ts";
import type { Config } from "./config.ts";
import { errorFields, type Log } from "./log.ts";
import { type OpenFiles, watchOpenFiles } from "./open-files.ts";
import { maxBodyBytes } from "./request-body.ts";
import type { SocketState } from "./socket-kind.ts";
import { socketLimits } from "./sockets.ts";

/** Requests in flight get this long to finish when the process is told to stop. */
const finishWithinMs = 5_000;
/** Silent connections are closed after this, in seconds. */
const idleTimeoutS = 30;
/** The server's own wall behind the exact limit, which answers with a sentence. */
const hardBodyBytes = 128 * maxBodyBytes;
/** Who has room for fewer is told at the start. */
const fewConnections = 500;
/**
 * How often is looked whether there is room for more connections: often while few could fill it, and where the system does not say how many.
 * No more connections than this come in a millisecond.
 */
const lookEveryMs = { least: 200, most: 1_000 } as const;
const connectionsPerMs = 20;

export class ListenError extends Error {
  override readonly name = "ListenError";
}

export interface Listener {
  readonly port: number;
  attach(gateway: Gateway): Promise<void>;
  /** Rejects as `ready` does, and while no new connection is taken in. */
  readyWith(ready: () => Promise<void>): () => Promise<void>;
  /**
   * No new connections, sockets told to come back, requests in flight finished, then closed.
   * @param options `announceMs`: how long before that /healthz says 503 while all else is served as ever, so that a balancer looks
   *   elsewhere
   */
  stop(options?: { readonly announceMs?: number }): Promise<void>;
}

type GatewayServer = Server<SocketState>;

/** @throws ListenError with a sentence that says what to do */
export function listen(
  config: Pick<Config, "port" | "host">,
  log: Log,
  openFiles: OpenFiles = watchOpenFiles(),
): Listener {
  let gateway: Gateway | undefined;
  let leaving = false;
  const websocket: WebSocketHandler<SocketState> = {
    ...socketLimits,
    open: (socket) => gateway?.websocket.open?.(socket),
    message: (socket, data) => gateway?.websocket.message?.(socket, data),
    drain: (socket) => gateway?.websocket.drain?.(socket),
    close: (socket, code, reason) => gateway?.websocket.close?.(socket, code, reason),
  };
  const answer: Answer = (request, own) => {
    if (leaving && URL.parse(request.url)?.pathname === "/healthz") return unavailable("Superchat is stopping here.\n");
    return gateway?.fetch(request, own) ?? unavailable("Superchat is starting. Try again in a moment.\n");
  };
  const serveAt = (port: number) => serve({ port, host: config.host, websocket, answer, log });

  /** The newest is first, and listens unless `paused`; those before it still have sockets. */
  let servers: readonly GatewayServer[] = [serveAt(config.port)];
  let paused = false;
  const port = servers[0]?.port ?? config.port;

  const pause = () => {
    paused = true;
    log.error("nearly all files are open that this process may open: no new connection is taken in", {
      limit: openFiles.limit,
      advice: "Allow more (ulimit -n), or find out who holds so many connections.",
    });
    void servers[0]?.stop();
  };
  const resume = () => {
    try {
      servers = [serveAt(port), ...servers.filter(({ pendingWebSockets }) => pendingWebSockets > 0)];
    } catch (error) {
      return log.error("the port can't be taken again yet", errorFields(error));
    }
    paused = false;
    log.warn("there is room again: new connections are taken in");
  };
  const look = () => {
    const left = openFiles.left();
    if (paused ? openFiles.areFewAgain() : left === 0) (paused ? resume : pause)();
    looking = setTimeout(look, lookAgainMs(left));
  };
  let looking = setTimeout(look, lookEveryMs.least);

  return {
    port,
    async attach(own) {
      // In almost every life there is one server, and each frame passes here.
      await own.start({
        publish(topic, frame) {
          const [newest] = servers;
          if (newest !== undefined && servers.length === 1) return newest.publish(topic, frame);
          return servers.reduce((sent, server) => either(sent, server.publish(topic, frame)), 0);
        },
        subscriberCount: (topic) => servers.reduce((count, server) => count + server.subscriberCount(topic), 0),
      });
      gateway = own;
      const room = openFiles.room();
      const level = room !== undefined && room < fewConnections ? "warn" : "info";
      log[level]("connections are taken in", { roomFor: room, openFilesLimit: openFiles.limit });
    },
    readyWith: (ready) => async () => {
      if (paused) throw new Error("No new connection is taken in: nearly all files are open that may be.");
      await ready();
    },
    async stop({ announceMs = 0 } = {}) {
      leaving = true;
      await Bun.sleep(announceMs);
      clearTimeout(looking);
      const finished = Promise.all(servers.map((server) => server.stop()));
      await gateway?.stop();
      await Promise.race([finished, Bun.sleep(finishWithinMs)]);
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

export function lookAgainMs(left: number): number {
  const full = Number.isFinite(left) ? left / connectionsPerMs : 0;
  return Math.min(Math.max(full, lookEveryMs.least), lookEveryMs.most);
}

/** Of what publishing answers: bytes, 0 when it did not go out everywhere, -1 when it waits. */
function either(before: number, sent: number): number {
  return before < 0 || sent < 0 ? -1 : before + sent;
}

type Answer = (request: Request, server: GatewayServer) => Response | undefined | Promise<Response | undefined>;

interface Serving extends Pick<Config, "port" | "host"> {
  readonly websocket: WebSocketHandler<SocketState>;
  readonly answer: Answer;
  readonly log: Log;
}

function serve({ port, host, websocket, answer, log }: Serving): GatewayServer {
  try {
    return Bun.serve<SocketState>({
      port,
      hostname: host,
      idleTimeout: idleTimeoutS,
      maxRequestBodySize: hardBodyBytes,
      // Else whoever makes an error happen is sent our source.
      development: false,
      // Out of development Bun shares a port with whoever takes it too, instead of saying that it is taken.
      reusePort: false,
      // A handshake that became a socket has no answer of its own.
      fetch: async (request, server) => (await answer(request, server)) as Response,
      error(error) {
        log.error("unexpected error outside of any route", errorFields(error));
        return new Response("That is our fault, not yours.\n", { status: 500 });
      },
      websocket,
    });
  } catch (cause) {
    throw new ListenError(sentenceFor(cause, port, host), { cause });
  }
}

function sentenceFor(error: unknown, port: number, host: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") {
    return `Port ${port} is in use by another program. Stop that program, or choose another port: PORT=8081 npm start`;
  }
  if (code === "EACCES")
    return `Port ${port} may not be opened by this user. Choose one above 1023: PORT=8080 npm start`;
  return `Can't listen on ${host}:${port} (${code || String(error)}). Check HOST and PORT.`;
}

function unavailable(sentence: string): Response {
  return new Response(sentence, { status: 503, headers: { "Retry-After": "1" } });
}
