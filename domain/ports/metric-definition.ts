/** How a metric is described. */

interface Counter {
  readonly kind: "counter";
  /** What is counted. The name ends with it and `_total`. */
  readonly unit: string;
  readonly help: string;
  /** The one label, whose values are few and known. */
  readonly label?: string;
}

interface Gauge {
  readonly kind: "gauge";
  readonly unit: string;
  readonly help: string;
}

interface Histogram {
  readonly kind: "histogram";
  /** Seconds are spread over buckets from a millisecond to half a minute, events from one to a thousand. */
  readonly unit: "seconds" | "events";
  readonly help: string;
}

export type MetricDefinition = Counter | Gauge | Histogram;
