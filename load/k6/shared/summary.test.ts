import { expect, test } from "bun:test";
import { type Metric, summaryText } from "./summary.ts";

const title = {
  scenario: "chat",
  shows: "people",
  server: "http://localhost:8080",
  settings: { people: 2, seconds: 5 },
};
const counter = (count: number, thresholds: Record<string, boolean> = {}): Metric => ({
  ...{ type: "counter", values: { count } },
  thresholds: Object.fromEntries(Object.entries(thresholds).map(([rule, ok]) => [rule, { ok }])),
});
const textOf = (metrics: Record<string, Metric>) =>
  summaryText({ state: { testRunDurationMs: 7_400 }, metrics }, title);

test("says what was counted and timed, and that all holds", () => {
  const text = textOf({
    chat_sent: counter(1_234_567),
    chat_lost: counter(0, { "count==0": true }),
    chat_delivery: { type: "trend", values: { count: 9, med: 4.4, "p(95)": 20.6, "p(99)": 31, max: 40 } },
    "chat_delivery{part:after}": { type: "trend", values: { count: 3, med: 5, "p(95)": 6, "p(99)": 7, max: 8 } },
    http_req_duration: { type: "trend", values: { count: 9, med: 1 } },
  });
  expect(text).toContain("chat: people\nhttp://localhost:8080, 7 s in all; people 2, seconds 5");
  expect(text).toContain("sent 1,234,567\n  lost 0, doubled 0, reordered 0");
  expect(text).toMatch(/delivery +4 +21 +31 +40 +9/);
  expect(text).toMatch(/delivery, after +5 +6 +7 +8 +3/);
  expect(text).not.toContain("http req");
  expect(text).toEndWith("PASSED: all 1 thresholds hold.\n");
});

test("says which threshold was crossed, and by what", () => {
  const text = textOf({
    chat_lost: counter(3, { "count==0": false }),
    chat_received: counter(0, { "count>0": false }),
    chat_delivery: { type: "trend", values: { count: 1, "p(95)": 812.3 }, thresholds: { "p(95)<500": { ok: false } } },
    chat_ack: { type: "trend", values: { count: 1, "p(95)": 5 }, thresholds: { "p(95)<500": { ok: true } } },
  });
  expect(text).toContain("  ✓ ack p(95)<500\n  ✗ delivery p(95)<500   was 812\n  ✗ lost count==0   was 3\n");
  expect(text).toEndWith("FAILED: 3 of 4 thresholds crossed.\n");
});

test("a run in which nothing was measured has not passed", () => {
  expect(textOf({})).toContain("nothing was said");
  expect(textOf({})).toEndWith("FAILED: nothing was measured.\n");
});
