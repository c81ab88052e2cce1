/** Takes the port before anything else is opened, answers 503 until a gateway is attached, and stops in order. */
import type { Server, WebSocketHandler } from "bun";
import type { Gateway } from "./app.ts";
import type { Config } from "./config.ts";
import { maxBodyBytes } from "./request-body.ts";
import type { SocketState } from "./socket-kind.ts";
import { socketLimits } from "./sockets.ts";

/** Requests in flight get this long to finish when the process is told to stop. */
const finishWithinMs = 5_000;
/** Silent connections are closed after this, in seconds. */
const idleTimeoutS = 30;
/** The server's own wall behind the exact limit, which answers with a sentence. */
const hardBodyBytes = 128 * maxBodyBytes;

export class ListenError extends Error {
  override readonly name = "ListenError";
}

export interface Listener {
  readonly port: number;
  attach(gateway: Gateway): Promise<void>;
  /**
   * No new connections, sockets told to come back, requests in flight finished, then closed.
   * @param options `announceMs`: how long before that /healthz says 503 while all else is served as ever, so that a balancer looks
   *   elsewhere
   */
  stop(options?: { readonly announceMs?: number }): Promise<void>;
}

/** @throws ListenError with a sentence that says what to do */
export function listen(config: Pick<Config, "port" | "host">): Listener {
  let gateway: Gateway | undefined;
  const websocket: WebSocketHandler<SocketState> = {
    ...socketLimits,
    open: (socket) => gateway?.websocket.open?.(socket),
    message: (socket, data) => gateway?.websocket.message?.(socket, data),
    drain: (socket) => gateway?.websocket.drain?.(socket),
    close: (socket, code, reason) => gateway?.websocket.close?.(socket, code, reason),
  };
  let leaving = false;
  const server = serve(config, websocket, (request, own) => {
    if (leaving && new URL(request.url).pathname === "/healthz") return unavailable("Superchat is stopping here.\n");
    return gateway?.fetch(request, own) ?? unavailable("Superchat is starting. Try again in a moment.\n");
  });
  return {
    port: server.port ?? config.port,
    async attach(own) {
      await own.start(server);
      gateway = own;
    },
    async stop({ announceMs = 0 } = {}) {
      leaving = true;
      await Bun.sleep(announceMs);
      const finished = server.stop();
      await gateway?.stop();
      await Promise.race([finished, Bun.sleep(finishWithinMs)]);
      await server.stop(true);
    },
  };
}

type Fetch = (request: Request, server: Server<SocketState>) => Response | undefined | Promise<Response | undefined>;

function serve({ port, host }: Pick<Config, "port" | "host">, websocket: WebSocketHandler<SocketState>, fetch: Fetch) {
  try {
    return Bun.serve<SocketState>({
      port,
      hostname: host,
      idleTimeout: idleTimeoutS,
      maxRequestBodySize: hardBodyBytes,
      // A handshake that became a socket has no answer of its own.
      fetch: async (request, server) => (await fetch(request, server)) as Response,
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
