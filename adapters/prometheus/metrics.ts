/** The list of metrics as Prometheus reads it, and with it what the runtime tells of itself. Serves nothing. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MetricDefinition } from "#domain/ports/metric-definition.ts";
import { type GaugeName, type MetricName, type Metrics, metricList } from "#domain/ports/metrics.ts";

export const buckets = {
  seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  events: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
} as const;

/** Of the runtime's own metrics, those that Bun does not fill, and one that counts address space as heap. */
const meaningless = [
  "nodejs_active_handles",
  "nodejs_active_handles_total",
  "nodejs_active_requests",
  "nodejs_active_requests_total",
  "nodejs_active_resources",
  "nodejs_active_resources_total",
  "nodejs_gc_duration_seconds",
  "nodejs_heap_space_size_available_bytes",
  "nodejs_heap_space_size_total_bytes",
  "nodejs_heap_space_size_used_bytes",
  "process_heap_bytes",
];

export interface PrometheusMetrics {
  readonly metrics: Metrics;
  readonly contentType: string;
  /** Everything as text, in Prometheus' exposition format. */
  text(): Promise<string>;
}

type Writing = { [Name in MetricName]?: (value: number, label?: string) => void };

/** How often it is asked whether the event loop is late. Each time wakes the process. */
const loopLookMs = 100;

export function createPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  const readings = new Map<GaugeName, () => number>();
  const writing: Writing = {};
  for (const [name, definition] of Object.entries(metricList) as [MetricName, MetricDefinition][])
    writing[name] = create(name, definition);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLookMs });
  for (const name of meaningless) registry.removeSingleMetric(name);

  function create(name: MetricName, definition: MetricDefinition): (value: number, label?: string) => void {
    const shared = { name, help: definition.help, registers: [registry] };
    if (definition.kind === "histogram") {
      const histogram = new Histogram({ ...shared, buckets: [...buckets[definition.unit]] });
      return (value) => histogram.observe(value);
    }
    if (definition.kind === "counter") {
      const { label } = definition;
      const counter = new Counter({ ...shared, labelNames: label === undefined ? [] : [label] });
      return (by, value) => counter.inc(label === undefined ? {} : { [label]: value ?? "" }, by);
    }
    new Gauge({
      ...shared,
      collect() {
        const read = readings.get(name as GaugeName);
        if (read !== undefined) this.set(read());
      },
    });
    return () => undefined;
  }

  return {
    metrics: {
      count: (name, by = 1, label) => writing[name]?.(by, label),
      observe: (name, value) => writing[name]?.(value),
      gauge: (name, read) => void readings.set(name, read),
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
