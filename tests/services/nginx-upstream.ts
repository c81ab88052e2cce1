/** What nginx passes requests to in its tests: a process that says who it is, and what it was asked. */

const [name = "", port = "0"] = process.argv.slice(2);
let posts = 0;
let statics = 0;
let stuck = 0;
let leaving = false;
/** By their ports at the other end. */
const connections = new Set<number>();

const securityHeaders = { "Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff" };
const text = (body: string, headers: Record<string, string> = {}, status = 200) =>
  new Response(body, { status, headers: { "Content-Type": "text/html", ...securityHeaders, ...headers } });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  // As gateways: longer than nginx keeps a connection.
  idleTimeout: 30,
  async fetch(request, self) {
    const { pathname } = new URL(request.url);
    connections.add(self.requestIP(request)?.port ?? 0);
    if (pathname === "/live" || pathname === "/connection/websocket")
      return self.upgrade(request) ? undefined : text("no socket", {}, 426);
    if (pathname.startsWith("/static/")) return staticFile(request);
    const body = await request.text();
    if (request.method === "POST") posts += 1;
    if (pathname === "/die") process.exit(1);
    if (leaving && pathname === "/healthz") return text("stopping", {}, 503);
    if (pathname === "/stuck") keepBusy();
    if (pathname === "/busy") return text("busy", { "Retry-After": "1" }, 503);
    if (pathname === "/counts")
      return Response.json({
        name,
        posts,
        statics,
        stuck,
        sockets: self.pendingWebSockets,
        connections: connections.size,
      });
    if (pathname === "/long") return text("long ".repeat(1_000));
    const seen = { name, method: request.method, path: pathname, bytes: body.length };
    return Response.json({ ...seen, headers: Object.fromEntries(request.headers) });
  },
  websocket: {
    open: (socket) => void socket.send(name),
    message: (socket, data) => void socket.send(data),
  },
});

/** Nothing else is answered meanwhile, and nginx gives up before it ends. */
function keepBusy(): void {
  stuck += 1;
  Bun.sleepSync(25_000);
}

function staticFile(request: Request): Response {
  statics += 1;
  const encoded = request.headers.get("accept-encoding")?.includes("gzip") ?? false;
  const body = Buffer.from("a { color: red }");
  return new Response(encoded ? Bun.gzipSync(body) : body, {
    headers: {
      "Content-Type": "text/css",
      "Cache-Control": "public, max-age=31536000, immutable",
      Vary: "Accept-Encoding",
      ETag: encoded ? '"one-gzip"' : '"one"',
      ...(encoded ? { "Content-Encoding": "gzip" } : {}),
      ...securityHeaders,
    },
  });
}

/** As gateways do: what asks whether they answer looks elsewhere from here on, and all else is served for a while. */
const announceMs = 200;

process.on("SIGTERM", async () => {
  leaving = true;
  await Bun.sleep(announceMs);
  await server.stop();
  process.exit(0);
});
console.log(`upstream ${name} serves`);
