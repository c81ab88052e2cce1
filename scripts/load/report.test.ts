import { expect, test } from "bun:test";
import { chatReport } from "./report.ts";

const events = [
  { event: "config", data: { title: "k6", tabs: [{ title: "Overview" }, { title: "Summary" }] } },
  { event: "metric", data: { chat_delivery: {}, chat_sent: {} } },
  { event: "metric", data: { chat_acked: {} } },
  { event: "snapshot", data: [[1]] },
];
const pack = (text: string) => Buffer.from(Bun.gzipSync(text)).toString("base64");
const pageWith = (data: string) =>
  `<body><div id="root"></div><script id="data" type="application/json; gzip; base64">${data}</script></body>`;
const textOf = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).join("\n");

test("the summary stands on top, and curves of what was measured", () => {
  const page = chatReport(pageWith(pack(textOf(events))), "lost <0> $& PASSED");
  expect(page).toContain('lost &lt;0&gt; $&amp; PASSED</pre><div id="root">');
  const data = /id="data"[^>]*>([^<]*)</.exec(page)?.[1] ?? "";
  const [config, ...others] = new TextDecoder().decode(Bun.gunzipSync(Buffer.from(data, "base64"))).split("\n");
  expect(others.join("\n")).toBe(textOf(events.slice(1)));
  const { tabs } = JSON.parse(config ?? "").data;
  expect(tabs.map(({ title }: { title: string }) => title)).toEqual(["Chat", "Summary"]);
  const queries = tabs[0].sections[0].panels.flatMap(({ series }: { series: { query: string }[] }) => series);
  expect(queries).toEqual([
    { query: "chat_delivery[?!tags && (med || p95 || p99)]" },
    { query: "chat_sent[?!tags && rate]" },
    { query: "chat_acked[?!tags && rate]" },
  ]);
});

test("a report of another form is left as it is", () => {
  for (const page of ["", pageWith(""), pageWith("no base64"), pageWith(pack(textOf(events.slice(1))))])
    expect(chatReport(page, "words")).toBe(page);
});
