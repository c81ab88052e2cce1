/** The metrics of a process: served on a port of their own, or kept by nobody when there is none. */
import { silentMetrics } from "#adapters/memory/metrics.ts";
import type { MetricsAddress } from "#adapters/prometheus/serve.ts";
import type { Metrics } from "#domain/ports/index.ts";

export interface OpenMetrics {
  readonly metrics: Metrics;
  /** Says to who asks after its health that it can do nothing more, and why. */
  sayUnwell(sentence: string): void;
  stop(): Promise<void>;
}

/** @param address port 0 is off. @throws Error with a sentence for the operator when the port can't be had */
export async function openMetrics(address: MetricsAddress): Promise<OpenMetrics> {
  if (address.port === 0) return { metrics: silentMetrics, sayUnwell: () => undefined, stop: async () => undefined };
  // A tenth of all that a single process reads at its start, and it rarely needs it.
  const [{ createPrometheusMetrics }, { serveMetrics }] = await Promise.all([
    import("#adapters/prometheus/metrics.ts"),
    import("#adapters/prometheus/serve.ts"),
  ]);
  const prometheus = createPrometheusMetrics();
  const server = serveMetrics(prometheus, address);
  return { metrics: prometheus.metrics, sayUnwell: server.sayUnwell, stop: server.stop };
}
