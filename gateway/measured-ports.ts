/** The log and the stream with a clock on them: how long each hop of an event takes, from its request to its publication. */
import type { Ports } from "#domain/ports/index.ts";
import { currentRequest } from "./request-scope.ts";

export function measuredPorts(ports: Ports): Ports {
  const { log, stream, metrics } = ports;
  return {
    ...ports,
    log: {
      ...log,
      async append(event) {
        const startedAt = performance.now();
        const request = currentRequest();
        if (request !== undefined)
          metrics.observe("superchat_gateway_check_seconds", (startedAt - request.arrivedAt) / 1_000);
        await log.append(event);
        metrics.observe("superchat_gateway_append_seconds", secondsSince(startedAt));
      },
    },
    stream: {
      ...stream,
      async publishAhead(event) {
        const startedAt = performance.now();
        const published = await stream.publishAhead(event);
        metrics.observe("superchat_gateway_publish_seconds", secondsSince(startedAt));
        return published;
      },
    },
  };
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
