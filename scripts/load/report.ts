/**
 * k6's own HTML report, with what matters here: the summary in words on top, then curves of messages instead of HTTP requests. The
 * report draws what the panels in its data say, so these are replaced; one of a form not known here is left as it is.
 */

/** The report's data: events, one per line, packed. */
const packed = /(<script id="data"[^>]*>)([^<]*)(<\/script>)/;
const root = '<div id="root"></div>';

interface Tab {
  readonly title: string;
}

interface Panel {
  readonly title: string;
  readonly metrics: readonly string[];
  readonly shows: string;
}

const times = "(med || p95 || p99)";
const panels: readonly Panel[] = [
  { title: "From sending to a reader", metrics: ["chat_delivery"], shows: times },
  { title: "From sending to the ack", metrics: ["chat_ack"], shows: times },
  { title: "From coming back until all that was missed is there", metrics: ["chat_resume"], shows: times },
  { title: "From a question to the first words of its answer", metrics: ["chat_bot_first"], shows: times },
  { title: "From a question to the end of its answer", metrics: ["chat_bot_whole"], shows: times },
  { title: "Messages received a second, by all readers", metrics: ["chat_received"], shows: "rate" },
  { title: "Messages sent and acked a second", metrics: ["chat_sent", "chat_acked"], shows: "rate" },
];

export function chatReport(report: string, summary: string): string {
  const [, , data = ""] = packed.exec(report) ?? [];
  const lines = unpack(data)?.split("\n") ?? [];
  const at = lines.findIndex((line) => line.startsWith('{"event":"config"'));
  const config = at < 0 ? undefined : JSON.parse(lines[at] ?? "");
  if (!Array.isArray(config?.data?.tabs) || !report.includes(root)) return report;
  const measured = new Set(lines.flatMap(metricsIn));
  const tables = config.data.tabs.filter(({ title }: Tab) => title === "Summary");
  config.data.tabs = [chatTab(panels.filter(({ metrics }) => metrics.every((name) => measured.has(name)))), ...tables];
  const changed = lines.with(at, JSON.stringify(config)).join("\n");
  const words = `<pre style="font:15px/1.4 monospace;margin:2rem auto;max-width:1100px;white-space:pre-wrap">${Bun.escapeHTML(summary)}</pre>`;
  return report
    .replace(
      packed,
      (_, open, _data, close) => `${open}${Buffer.from(Bun.gzipSync(changed)).toString("base64")}${close}`,
    )
    .replace(root, () => `${words}${root}`);
}

function unpack(data: string): string | undefined {
  try {
    return new TextDecoder().decode(Bun.gunzipSync(Buffer.from(data.trim(), "base64")));
  } catch {
    return undefined;
  }
}

function metricsIn(line: string): string[] {
  return line.startsWith('{"event":"metric"') ? Object.keys(JSON.parse(line).data) : [];
}

function chatTab(shown: readonly Panel[]) {
  const id = "chat";
  return {
    ...{ id, title: "Chat", summary: "Over the time of the run, a point for each second." },
    sections: [
      {
        id: `${id}.section-0`,
        panels: shown.map(({ title, metrics, shows }, number) => ({
          ...{ id: `${id}.section-0.panel-${number}`, title, kind: "chart", summary: title, fullWidth: number === 0 },
          series: metrics.map((metric) => ({ query: `${metric}[?!tags && ${shows}]` })),
        })),
      },
    ],
  };
}
