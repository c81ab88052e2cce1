/** The one test runner: `bun scripts/test.ts [STAGE]`. Everything has to run; what is missing or left out counts as failed. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ending, runLimited } from "./run-limited.ts";
import { closingLines, type StageResult, type Tally, tallyBunRun } from "./test-report.ts";
import { type Stage, type StageName, stageNames, stageOf, stages } from "./test-stages.ts";

const help = `Usage: bun scripts/test.ts [${[...stageNames, "all"].join("|")}]

  check        format, lint, types, and the rules of tests/tidy.test.ts
  unit         tests beside their subject
  contract     what every adapter of a port promises
  services     the adapters and nginx with the real services
  integration  the programs over HTTP and sockets
  delivery     nothing lost, doubled or out of order while things break; see also: delivery --long --help
  upgrade      this version beside the last release, in every order of rolling
  e2e          in a browser
  all          every stage above in this order (default)
  ollama       the language model on a real Ollama, which is built first

Ends with "N passed, N failed"; the exit code is 1 if anything failed.`;

const root = join(import.meta.dir, "..");

async function main([wanted = "all", ...rest]: string[]): Promise<number> {
  if (wanted === "--help" || wanted === "-h") {
    console.log(help);
    return 0;
  }
  const names = stageNames.filter((name) => (wanted === "all" ? !stages[name].onlyByName : wanted === name));
  if (wanted === "delivery" && rest.length > 0) {
    const { main: runLong } = await import("../tests/delivery/long.ts");
    return await runLong(rest);
  }
  if (names.length === 0 || rest.length > 0) {
    console.error(help);
    return 2;
  }
  process.chdir(root);
  const files = await listTestFiles();
  const results: StageResult[] = [];
  for (const name of names) {
    console.log(`\n== ${name}`);
    results.push(
      await runStage(
        name,
        files.filter((file) => stageOf(file) === name),
      ),
    );
  }
  console.log(`\n${closingLines(results).join("\n")}`);
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function runStage(name: StageName, files: string[]): Promise<StageResult> {
  const stage = stages[name];
  const startedAt = performance.now();
  const tallies: Tally[] = [];
  try {
    const env = (await stage.prepare?.()) ?? {};
    for (const [title, args] of Object.entries(stage.steps ?? {})) {
      console.log(`-- ${title}`);
      tallies.push(tallyStep(title, await runLimited(args, stage.limitMs, env)));
    }
    if (stage.atOnce === undefined || files.length === 0) tallies.push(await runFiles(stage, files, env));
    else tallies.push(...(await runEach(stage, files, env, stage.atOnce)));
  } catch (error) {
    tallies.push({ passed: 0, failures: [error instanceof Error ? error.message : String(error)] });
  }
  return {
    stage: name,
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failures: tallies.flatMap(({ failures }) => failures),
    retried: tallies.flatMap(({ retried = [] }) => retried),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

function tallyStep(title: string, { exitCode, timedOut }: Ending): Tally {
  if (exitCode === 0) return { passed: 1, failures: [] };
  return { passed: 0, failures: [timedOut ? `${title}: took too long` : title] };
}

/** Each file by itself, so many of them at once. */
async function runEach(
  stage: Stage,
  files: readonly string[],
  env: Record<string, string>,
  atOnce: number,
): Promise<Tally[]> {
  const tallies: Tally[] = [];
  const left = [...files];
  const lane = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift())
      tallies.push(await runFiles(stage, [file], env));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return tallies;
}

async function runFiles(stage: Stage, files: string[], env: Record<string, string>): Promise<Tally> {
  if (files.length === 0) {
    console.log("nothing to run");
    return { passed: 0, failures: ["there is nothing to run"] };
  }
  const folder = await mkdtemp(join(tmpdir(), "superchat-test-"));
  try {
    const report = Bun.file(join(folder, "junit.xml"));
    const { exitCode, timedOut, output } = await runLimited(
      [
        "test",
        `--timeout=${stage.testLimitMs}`,
        `--retry=${stage.retries ?? 0}`,
        "--reporter=junit",
        `--reporter-outfile=${report.name}`,
        // With the dot they are paths; without it they would be patterns.
        ...files.map((file) => `./${file}`),
      ],
      stage.limitMs,
      env,
    );
    return tallyBunRun({
      files,
      report: (await report.exists()) ? await report.text() : undefined,
      output,
      exitCode,
      limitSeconds: timedOut ? stage.limitMs / 1_000 : undefined,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const skippedFolders = ["node_modules", "data", "tmp", "test-results"];

/** All test files of the repository, from its root, in a stable order. */
async function listTestFiles(folder = ""): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
      if (!entry.isDirectory() || entry.name.startsWith(".") || skippedFolders.includes(path)) return [];
      return listTestFiles(path);
    }),
  );
  return found.flat().sort();
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
