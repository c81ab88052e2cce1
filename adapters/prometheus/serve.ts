/** `/metrics` and `/healthz` on a port of their own, for whoever operates the process. Nothing else is answered there. */
import type { PrometheusMetrics } from "./metrics.ts";

/** Who asks keeps no connection open for longer, in seconds. */
const idleTimeoutS = 30;

export interface MetricsAddress {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
}

export interface MetricsServer {
  readonly port: number;
  /** From here on `/healthz` says so, with status 503. */
  sayUnwell(sentence: string): void;
  stop(): Promise<void>;
}

/** @throws Error with a sentence for the operator when it can't listen there */
export function serveMetrics(source: PrometheusMetrics, address: MetricsAddress): MetricsServer {
  let unwell: string | undefined;
  const health = () =>
    unwell === undefined
      ? Response.json({ status: "ok" })
      : Response.json({ status: "unavailable", detail: unwell }, { status: 503 });
  const server = listen(source, address, health);
  return {
    port: server.port ?? address.port,
    sayUnwell(sentence) {
      unwell = sentence;
    },
    stop: () => server.stop(true),
  };
}

function listen({ text, contentType }: PrometheusMetrics, { port, host }: MetricsAddress, health: () => Response) {
  try {
    return Bun.serve({
      port,
      hostname: host,
      idleTimeout: idleTimeoutS,
      development: false,
      reusePort: false,
      routes: {
        "/healthz": { GET: health },
        "/metrics": { GET: async () => new Response(await text(), { headers: { "Content-Type": contentType } }) },
      },
      fetch: () => new Response("There is /metrics and /healthz.\n", { status: 404 }),
      error: () => new Response("The metrics can't be told right now.\n", { status: 500 }),
    });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const why = code === "EADDRINUSE" ? "the port is in use by another program" : code;
    throw new Error(`Metrics can't be served on ${host}:${port}: ${why}. Check METRICS_PORT and METRICS_HOST.`, {
      cause,
    });
  }
}
