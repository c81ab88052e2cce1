/** The metrics of a process: served on a port of their own, or kept by nobody when there is none. */
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createPrometheusMetrics } from "#adapters/prometheus/metrics.ts";
import { type MetricsAddress, serveMetrics } from "#adapters/prometheus/serve.ts";
import type { Metrics } from "#domain/ports/index.ts";

export interface OpenMetrics {
  readonly metrics: Metrics;
  stop(): Promise<void>;
}

/** @param address port 0 is off. @throws Error with a sentence for the operator when the port can't be had */
export function openMetrics(address: MetricsAddress): OpenMetrics {
  if (address.port === 0) return { metrics: silentMetrics, stop: async () => undefined };
  const prometheus = createPrometheusMetrics();
  const server = serveMetrics(prometheus, address);
  return { metrics: prometheus.metrics, stop: server.stop };
}
