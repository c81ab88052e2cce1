/** What `npm run load` was asked for: words to settings, or a sentence that says what is wrong with them. */
import { parseArgs } from "node:util";
import {
  catalogue,
  factsOf,
  readSettings,
  type ScenarioName,
  type SettingName,
  settings,
  variableOf,
} from "../../load/k6/shared/catalogue.ts";

const names = Object.keys(catalogue) as ScenarioName[];
const settingNames = Object.keys(settings) as SettingName[];
const longestName = Math.max(...names.map(({ length }) => length));

export const help = `Usage: npm run load -- SCENARIO [--url URL] [--out DIR] [SETTINGS]

Puts load on a running server with k6, and fails when a message is lost, doubled or reordered, or when something takes too long.
Ends with a summary in words; an HTML report and all figures as JSON are in the folder that it names.

${names.map((name) => `  ${name.padEnd(longestName)}  ${factsOf(name).shows}`).join("\n")}

  --url   of the server (default: http://localhost:8080)
  --out   an empty or new folder for report.html and summary.json (default: one of its own in load/results)

${names.map(settingsOf).join("\n")}

What they mean:
${settingNames.map((name) => `  --${name.padEnd(12)}  ${settings[name]}`).join("\n")}

People sign up as load-1, load-2 … with a password that everybody knows, and stay: use a server where that does no harm. The exit
code is 0, 1 when a threshold was crossed, 2 when the run could not begin or broke off. load/README.md says how to read the report.`;

function settingsOf(name: ScenarioName): string {
  const { settings: all, beyondLimits } = factsOf(name);
  const words = Object.entries(all).map(([setting, value]) => `--${setting} ${value}`);
  return `${name}, with its defaults${beyondLimits ? " (the server needs LIMITS=off)" : ""}:\n  ${words.join(" ")}`;
}

export interface LoadWish {
  readonly type: "load";
  readonly scenario: ScenarioName;
  readonly url: string;
  readonly out: string | undefined;
  /** For k6: only what was asked for. */
  readonly variables: Readonly<Record<string, string>>;
}

export type Wish = { readonly type: "help" } | LoadWish;

/** @throws Error with a sentence */
export function readArguments(words: readonly string[]): Wish {
  const text = { type: "string" } as const;
  const parsed = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(settingNames.map((name) => [name, text])),
      url: { type: "string", default: "http://localhost:8080" },
      out: text,
      help: { type: "boolean", short: "h" },
    },
  });
  const { positionals } = parsed;
  // The compiler does not see what the names of settings are.
  const values: Readonly<Partial<Record<string, string | boolean>>> = parsed.values;
  if (values.help === true) return { type: "help" };
  const [scenario = "", ...more] = positionals;
  if (more.length > 0 || !isScenario(scenario)) throw new Error(`Name one scenario: ${names.join(", ")}.`);
  const url = String(values.url).replace(/\/$/, "");
  if (!/^https?:\/\/[^/]+$/.test(url)) throw new Error("--url is the address of a server, like http://localhost:8080.");
  const own = factsOf(scenario).settings;
  const given = settingNames.flatMap((name) =>
    values[name] === undefined ? [] : [[name, String(values[name])] as const],
  );
  const foreign = given.find(([name]) => own[name] === undefined);
  if (foreign !== undefined)
    throw new Error(
      `${scenario} has no --${foreign[0]}; it has ${Object.keys(own)
        .map((name) => `--${name}`)
        .join(", ")}.`,
    );
  const variables = Object.fromEntries(given.map(([name, value]) => [variableOf(name), value]));
  readSettings(scenario, variables);
  return { type: "load", scenario, url, out: values.out === undefined ? undefined : String(values.out), variables };
}

function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(catalogue, name);
}
