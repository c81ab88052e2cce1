/** One measured value, and how a list of them is shown. */

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** A Markdown table, as docs/performance.md holds it. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit }) => `| ${what} | ${round(value)} ${unit} |`);
  return ["| what | measured |", "|---|---|", ...rows].join("\n");
}

function round(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}
