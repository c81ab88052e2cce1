/**
 * The embedded model's own process: a server of Ollama's API on loopback. `bun main.ts SETTINGS`, a JSON object; prints where it
 * listens. Nothing of it is in memory before it is asked for, and it never outlives whoever started it.
 */
import { createApi } from "./api.ts";
import { createChat } from "./chat.ts";
import { createResident } from "./resident.ts";
import { settingsShape } from "./shapes.ts";
import { createSupply } from "./supply.ts";

const mostBodyBytes = 4 << 20;

const settings = settingsShape.parse(JSON.parse(process.argv[2] ?? "{}"));
const supply = createSupply(settings);
const resident = createResident(() => {
  if (settings.endsWhenIdle && chat.isIdle()) process.exit(0);
});
const chat = createChat({ supply, resident, contextTokens: settings.contextTokens, threads: settings.threads });
const api = createApi({ supply, resident, chat, wish: settings.model });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: settings.port,
  // A question may wait for its turn for long.
  idleTimeout: 0,
  maxRequestBodySize: mostBodyBytes,
  development: false,
  reusePort: false,
  async fetch(request) {
    try {
      return await api(request);
    } catch (error) {
      console.error(error);
      return Response.json({ error: "internal error" }, { status: 500 });
    }
  },
});

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
process.stdout.write(`The embedded model is at http://127.0.0.1:${server.port}\n`);

if (settings.endsWithInput) {
  // Closed by the system when the other side dies, however it dies.
  for await (const _ of Bun.stdin.stream());
  process.exit(0);
}
