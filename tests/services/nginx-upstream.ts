/** What nginx passes requests to in its tests: a process that says who it is, and what it was asked. */

const [name = "", port = "0"] = process.argv.slice(2);
let posts = 0;
let statics = 0;

const securityHeaders = { "Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff" };
const text = (body: string, headers: Record<string, string> = {}, status = 200) =>
  new Response(body, { status, headers: { "Content-Type": "text/html", ...securityHeaders, ...headers } });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  async fetch(request, self) {
    const { pathname } = new URL(request.url);
    if (pathname === "/live" || pathname === "/connection/websocket")
      return self.upgrade(request) ? undefined : text("no socket", {}, 426);
    if (pathname.startsWith("/static/")) return staticFile(request);
    const body = await request.text();
    if (request.method === "POST") posts += 1;
    if (pathname === "/die") process.exit(1);
    if (pathname === "/busy") return text("busy", { "Retry-After": "1" }, 503);
    if (pathname === "/counts") return Response.json({ name, posts, statics });
    if (pathname === "/long") return text("long ".repeat(1_000));
    const seen = { name, method: request.method, path: pathname, bytes: body.length };
    return Response.json({ ...seen, headers: Object.fromEntries(request.headers) });
  },
  websocket: {
    open: (socket) => void socket.send(name),
    message: (socket, data) => void socket.send(data),
  },
});

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

process.on("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
console.log(`upstream ${name} serves`);
