import { expect, test } from "bun:test";
import type { MetricDefinition } from "#domain/ports/metric-definition.ts";
import { metricList } from "#domain/ports/metrics.ts";
import { createPrometheusMetrics } from "./metrics.ts";
import { serveMetrics } from "./serve.ts";

const definitions = Object.entries<MetricDefinition>(metricList);

test.each(definitions)("%s is named as Prometheus wants it", (name, { kind, unit, help }) => {
  expect(name).toMatch(/^superchat_[a-z]+(_[a-z]+)+$/);
  expect(name).toEndWith(kind === "counter" ? `_${unit}_total` : `_${unit}`);
  // Those that Prometheus adds itself.
  expect(name).not.toMatch(/_(count|sum|bucket)$/);
  expect(name).not.toMatch(/milli|micro|kilo|mega|minutes|hours/);
  expect(help).toMatch(/^[A-Z].+\.$/);
});

test("every metric has its help and its type, used or not", async () => {
  const text = await createPrometheusMetrics().text();
  for (const [name, { kind, help }] of definitions) {
    expect(text).toContain(`# HELP ${name} ${help}\n`);
    expect(text).toContain(`# TYPE ${name} ${kind}\n`);
  }
});

test("what is counted, observed and read is told", async () => {
  const { metrics, text } = createPrometheusMetrics();
  metrics.count("superchat_gateway_acked_messages_total");
  metrics.count("superchat_gateway_acked_messages_total", 4);
  metrics.count("superchat_gateway_refused_messages_total", 1, "forbidden");
  metrics.observe("superchat_gateway_append_seconds", 0.004);
  metrics.observe("superchat_gateway_frame_events", 200);
  metrics.gauge("superchat_gateway_page_sockets", () => 1);
  metrics.gauge("superchat_gateway_page_sockets", () => 7);
  const lines = (await text()).split("\n");
  expect(lines).toContain("superchat_gateway_acked_messages_total 5");
  expect(lines).toContain('superchat_gateway_refused_messages_total{code="forbidden"} 1');
  expect(lines).toContain('superchat_gateway_append_seconds_bucket{le="0.0025"} 0');
  expect(lines).toContain('superchat_gateway_append_seconds_bucket{le="0.005"} 1');
  expect(lines).toContain('superchat_gateway_frame_events_bucket{le="200"} 1');
  expect(lines).toContain("superchat_gateway_page_sockets 7");
});

test("two processes' metrics in one process stay apart, with those of the runtime", async () => {
  const [one, other] = [createPrometheusMetrics(), createPrometheusMetrics()];
  one.metrics.count("superchat_writer_batches_total");
  const lines = (await other.text()).split("\n");
  expect(lines).toContain("superchat_writer_batches_total 0");
  for (const name of [
    "nodejs_eventloop_lag_p99_seconds",
    "process_resident_memory_bytes",
    "nodejs_heap_size_used_bytes",
  ])
    expect(lines.some((line) => line.startsWith(`${name} `))).toBe(true);
  expect(lines.filter((line) => line.startsWith("nodejs_active_"))).toEqual([]);
});

test("they are served on their own port, which answers nothing else", async () => {
  const server = serveMetrics(createPrometheusMetrics(), { port: 0, host: "127.0.0.1" });
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const answer = await get("/metrics");
  expect(answer.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  expect(await answer.text()).toContain("superchat_writer_batches_total 0");
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect((await get("/")).status).toBe(404);
  expect((await get("/metrics", { method: "POST" })).status).toBe(404);
  expect(() => serveMetrics(createPrometheusMetrics(), { port: server.port, host: "127.0.0.1" })).toThrow(
    "the port is in use by another program. Check METRICS_PORT",
  );
  await server.stop();
});
