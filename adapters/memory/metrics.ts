/** Metrics that nobody looks at. */
import type { Metrics } from "#domain/ports/index.ts";

export const silentMetrics: Metrics = {
  count: () => undefined,
  observe: () => undefined,
  gauge: () => undefined,
};
