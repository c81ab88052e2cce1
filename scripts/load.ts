/** `npm run load -- SCENARIO`: runs a k6 scenario of load/k6 against a running server. See its --help. */
import { mkdir } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join, relative } from "node:path";
import { help, type LoadWish, readArguments, type Wish } from "./load/arguments.ts";
import { chatReport } from "./load/report.ts";
import { ensureK6 } from "./services/k6.ts";

const root = join(import.meta.dir, "..");
/** What k6 ends with when a threshold was crossed. */
const crossed = 99;
/** Waiting for a processor, for each that there is. */
const busyFrom = 2;
const answersWithinMs = 5_000;
/** The report's curves have a point for each second of a run; a run shorter than that has none. */
const reportPeriod = "1s";

const wish = read(process.argv.slice(2));
if (wish.type === "help") console.log(help);
else
  process.exit(
    await run(wish).catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      return 2;
    }),
  );

function read(words: readonly string[]): Wish {
  try {
    return readArguments(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("npm run load -- --help says what there is.");
    process.exit(2);
  }
}

/** @returns the exit code */
async function run({ scenario, url, out, variables }: LoadWish): Promise<number> {
  await checkServer(url);
  const k6 = await ensureK6();
  const started = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = out ?? join(root, "load/results", `${scenario}-${started}`);
  await mkdir(folder, { recursive: true });
  const [report, summary] = [join(folder, "report.html"), join(folder, "summary.json")];
  const given = Object.entries({ ...variables, SUPERCHAT: url, SUMMARY: summary });
  const settings = given.flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const child = Bun.spawn([k6, "run", "--quiet", "--no-usage-report", ...settings, `load/k6/${scenario}.ts`], {
    cwd: root,
    env: {
      ...process.env,
      K6_WEB_DASHBOARD: "true",
      // No server of its own: only the file at the end.
      K6_WEB_DASHBOARD_PORT: "-1",
      K6_WEB_DASHBOARD_PERIOD: reportPeriod,
      K6_WEB_DASHBOARD_EXPORT: report,
    },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  // k6 ends early and still reports: Ctrl-C reaches it by itself, a termination does not.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGINT"));
  const exitCode = await child.exited;
  if (await finishReport(report, summary))
    console.log(`Report: ${relative(process.cwd(), report)}, figures beside it.${busyness()}`);
  if (exitCode === 0) return 0;
  if (exitCode === crossed) return 1;
  console.error(`k6 broke off with exit code ${exitCode}.`);
  return 2;
}

/** @returns whether there is one */
async function finishReport(report: string, summary: string): Promise<boolean> {
  const [page, figures] = [Bun.file(report), Bun.file(summary)];
  if (!(await page.exists()) || !(await figures.exists())) return false;
  await Bun.write(report, chatReport(await page.text(), (await figures.json()).text));
  return true;
}

/** Times measured on a machine that has too much to do are those of the queue for its processors. */
function busyness(): string {
  const [load = 0] = loadavg();
  const cores = cpus().length;
  return load > cores * busyFrom
    ? `\nThis machine was busy (load ${load.toFixed(0)} on ${cores} cores): times say more about that than about the server.`
    : "";
}

/** @throws Error with a sentence */
async function checkServer(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/openapi.json`, { signal: AbortSignal.timeout(answersWithinMs) }).catch(
    () => undefined,
  );
  if (answer === undefined)
    throw new Error(`Nothing answers at ${url}. Start Superchat there (LIMITS=off npm start), or give --url.`);
  if (answer.status === 503) throw new Error(`The server at ${url} is not ready yet. Try again in a moment.`);
  const { info } = await answer.json().catch(() => ({}));
  if (info?.title === undefined || !/superchat/i.test(info.title))
    throw new Error(`What answers at ${url} is not Superchat. Give its address with --url.`);
}
