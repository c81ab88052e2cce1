/** What k6 wants to know of a scenario before and after it: options with thresholds, and the summary at the end. */
import type { Options } from "k6/options";
import { server } from "./account.ts";
import { factsOf, readSettings, type ScenarioName } from "./catalogue.ts";
import { promises, quick, type Thresholds } from "./metrics.ts";
import { type SummaryData, summaryText } from "./summary.ts";
import { preparationLimit } from "./world.ts";

interface Wish {
  readonly scenario: ScenarioName;
  /** k6's processes: each is one person, or all of a room. */
  readonly users: number;
  readonly seconds: number;
  /** How many rooms are read by how many sockets, in all. */
  readonly readings: number;
  /** 95 of 100 within so many milliseconds, by metric. */
  readonly limits: Readonly<Record<string, number>>;
  /** Parts of the run in each of which something has to be heard. */
  readonly heardIn?: readonly string[];
  readonly more?: Thresholds;
}

/** Coming in and comparing get so long besides. */
const besidesS = 120;

export function plan({ scenario, users, seconds, readings, limits, heardIn = [], more = {} }: Wish): Options {
  // Settling waits twice: for what is acked to be readable, and for what is readable to arrive.
  const { settle = 0 } = readSettings(scenario, __ENV);
  const heard = Object.fromEntries(heardIn.map((part) => [`chat_received{part:${part}}`, ["count>0"]]));
  return {
    scenarios: {
      [scenario]: {
        executor: "per-vu-iterations",
        vus: users,
        iterations: 1,
        maxDuration: `${Math.ceil(seconds + 2 * settle + besidesS)}s`,
      },
    },
    thresholds: { ...promises(readings), ...quick(limits), ...heard, ...more },
    summaryTrendStats: ["count", "med", "avg", "p(95)", "p(99)", "max"],
    setupTimeout: preparationLimit,
    teardownTimeout: preparationLimit,
  };
}

/** The same limits for each part of a run by itself. */
export function inEachPart(parts: readonly string[], limits: Wish["limits"]): Wish["limits"] {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([metric, limit]) => parts.map((part) => [`${metric}{part:${part}}`, limit])),
  );
}

/** Prints the summary; writes all figures to the file that SUMMARY names. */
export function summaryOf(scenario: ScenarioName) {
  return (data: SummaryData) => {
    const settings = readSettings(scenario, __ENV);
    const text = summaryText(data, { scenario, shows: factsOf(scenario).shows, server, settings });
    const { setup_data: _, ...figures } = data as SummaryData & { setup_data?: unknown };
    const file = __ENV.SUMMARY;
    return {
      stdout: text,
      ...(file ? { [file]: JSON.stringify({ scenario, server, settings, text, ...figures }, null, 2) } : {}),
    };
  };
}
