/** The end of a run in words: what was said and heard, what went wrong, how long it took, which thresholds hold. Pure. */

/** As k6 gives it to `handleSummary`, as far as it is shown. */
export interface SummaryData {
  readonly state: { readonly testRunDurationMs: number };
  readonly metrics: Readonly<Record<string, Metric>>;
}

export interface Metric {
  readonly type: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface Title {
  readonly scenario: string;
  readonly shows: string;
  readonly server: string;
  readonly settings: Readonly<Record<string, number>>;
}

const counted: readonly [string, string][] = [
  ["chat_sent", "sent"],
  ["chat_acked", "acked"],
  ["chat_refused", "refused"],
  ["chat_received", "received"],
  ["chat_caught_up", "of which caught up"],
  ["chat_resumed", "resumed"],
  ["chat_dropped", "sockets ended by the server"],
  ["chat_checked", "readings checked to the end"],
];

export function summaryText(data: SummaryData, { scenario, shows, server, settings }: Title): string {
  const chosen = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const took = `${Math.round(data.state.testRunDurationMs / 1_000)} s in all`;
  const sections = [
    `${scenario}: ${shows}\n${server}, ${took}; ${chosen.join(", ")}`,
    countsOf(data),
    latenciesOf(data),
    thresholdsOf(data),
    verdictOf(data),
  ];
  return `\n${sections.filter(Boolean).join("\n\n")}\n`;
}

function countsOf({ metrics }: SummaryData): string {
  const count = (name: string) => metrics[name]?.values.count ?? 0;
  const talk = counted.filter(([name]) => count(name) > 0).map(([name, word]) => `${word} ${whole(count(name))}`);
  const faults = ["lost", "doubled", "reordered"].map((word) => `${word} ${whole(count(`chat_${word}`))}`);
  return `  ${talk.join(", ") || "nothing was said"}\n  ${faults.join(", ")}`;
}

function latenciesOf({ metrics }: SummaryData): string {
  const rows = Object.entries(metrics)
    .filter(([name, { type, values }]) => type === "trend" && name.startsWith("chat_") && (values.count ?? 0) > 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { values }]) => [
      spoken(name),
      ...["med", "p(95)", "p(99)", "max", "count"].map((value) => whole(values[value] ?? 0)),
    ]);
  if (rows.length === 0) return "";
  return table([["milliseconds", "half within", "95 %", "99 %", "longest", "how many"], ...rows]);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => `  ${cells.join("  ")}`)
    .join("\n");
}

function thresholdsOf(data: SummaryData): string {
  return allThresholds(data)
    .map(
      ({ metric, rule, ok }) =>
        `  ${ok ? "✓" : "✗"} ${spoken(metric)} ${rule}${ok ? "" : `   was ${valueFor(data, metric, rule)}`}`,
    )
    .join("\n");
}

function verdictOf(data: SummaryData): string {
  const all = allThresholds(data);
  const crossed = all.filter(({ ok }) => !ok).length;
  if (all.length === 0) return "FAILED: nothing was measured.";
  return crossed === 0
    ? `PASSED: all ${all.length} thresholds hold.`
    : `FAILED: ${crossed} of ${all.length} thresholds crossed.`;
}

function allThresholds({ metrics }: SummaryData) {
  return Object.entries(metrics)
    .flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).map(([rule, { ok }]) => ({ metric, rule, ok })),
    )
    .toSorted((one, other) => (one.metric < other.metric ? -1 : 1));
}

function valueFor({ metrics }: SummaryData, metric: string, rule: string): string {
  const value = metrics[metric]?.values[rule.split(/[<>=]/)[0]?.trim() ?? ""];
  return value === undefined ? "never measured" : whole(value);
}

/** `chat_delivery{part:after}` is "delivery, after". */
function spoken(metric: string): string {
  return metric
    .replace(/^chat_/, "")
    .replace(/\{part:(.*)\}/, ", $1")
    .replaceAll("_", " ");
}

const whole = (value: number) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
