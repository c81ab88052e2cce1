/** Stands between a server and its clients and breaks a promise on purpose: what finds broken promises is tried on it. */
import type { ServerWebSocket } from "bun";
import type { Reply } from "./program.ts";

export interface Flaw {
  /** For each socket anew: what a reply or push becomes on its way to the client. */
  readonly down?: () => (reply: Reply) => readonly Reply[];
  /** What a command becomes on its way to the server. */
  readonly up?: (command: Reply) => Reply;
  /** Instead of passing a request on. */
  readonly http?: (request: Request, passOn: (body?: string) => Promise<Response>) => Promise<Response>;
  /** The client does not learn that its socket was ended. */
  readonly swallowsEnds?: true;
}

export interface BreakingProxy extends Disposable {
  readonly url: string;
}

interface Side {
  upstream: WebSocket | undefined;
}

export function startBreakingProxy(base: string, { down, up, http, swallowsEnds }: Flaw): BreakingProxy {
  const passOn = async (request: Request, body: string): Promise<Response> => {
    const headers = new Headers(request.headers);
    for (const name of ["host", "accept-encoding", "content-length"]) headers.delete(name);
    const { pathname, search } = new URL(request.url);
    const { method } = request;
    const answer = await fetch(base + pathname + search, { method, headers, ...(body === "" ? {} : { body }) });
    const own = new Headers(answer.headers);
    for (const name of ["content-encoding", "content-length", "transfer-encoding"]) own.delete(name);
    return new Response(answer.status === 204 ? null : await answer.text(), { status: answer.status, headers: own });
  };

  const join = (client: ServerWebSocket<Side>) => {
    const upstream = new WebSocket(`${base.replace("http", "ws")}/connection/websocket`);
    const change = down?.() ?? ((reply: Reply) => [reply]);
    upstream.addEventListener("message", ({ data }) => {
      const lines = String(data)
        .split("\n")
        .flatMap((line) => (line === "{}" ? [line] : change(JSON.parse(line)).map((each) => JSON.stringify(each))));
      if (lines.length > 0) client.send(lines.join("\n"));
    });
    upstream.addEventListener("close", ({ code, reason }) => {
      if (!swallowsEnds) client.close(code === 1006 ? 1011 : code, reason);
    });
    client.data.upstream = upstream;
    return upstream;
  };

  const server: Bun.Server<Side> = Bun.serve<Side>({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.headers.get("upgrade") === "websocket") {
        return server.upgrade(request, { data: { upstream: undefined } })
          ? undefined
          : new Response("", { status: 400 });
      }
      const body = await request.clone().text();
      const forward = (other = body) => passOn(request, other);
      return http === undefined ? await forward() : await http(request, forward);
    },
    websocket: {
      async open(client) {
        join(client);
      },
      message(client, data) {
        const { upstream } = client.data;
        const lines = String(data).split("\n");
        const changed = lines.map((line) => (up && line !== "{}" ? JSON.stringify(up(JSON.parse(line))) : line));
        const send = () => upstream?.send(changed.join("\n"));
        if (upstream?.readyState === WebSocket.CONNECTING) upstream.addEventListener("open", send);
        else send();
      },
      close({ data }) {
        data.upstream?.close();
      },
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}
