/** The stages of a test run, in the order they run, and which test file belongs to which. */
import { join } from "node:path";
import { ensureChromium } from "./chromium.ts";
import { ensureGoProgram } from "./services/go.ts";
import { ensureK6 } from "./services/k6.ts";
import { ensureKafkaFiles } from "./services/kafka-files.ts";
import { ensureNginx } from "./services/nginx.ts";
import { builtOllama } from "./services/ollama-build.ts";
import { ensurePostgres } from "./services/postgres.ts";
import { ensurePythonClient } from "./services/python.ts";
import { ensureRedis } from "./services/redis.ts";
import { ensureSchemathesis } from "./services/schemathesis.ts";
import { ensureSmallModel } from "./services/small-model.ts";

export const stageNames = [
  "check",
  "unit",
  "contract",
  "services",
  "integration",
  "delivery",
  "upgrade",
  "e2e",
  "ollama",
] as const;
export type StageName = (typeof stageNames)[number];

export interface Stage {
  /** The whole stage is ended after this time and counts as failed. */
  readonly limitMs: number;
  /** A single test fails after this time, unless it says otherwise itself. */
  readonly testLimitMs: number;
  /**
   * How often a failed test is run again: only where it waits for a browser on a shared machine. The closing lines name each test that
   * needed it, since that is a fault to be found. No test of a promise gets a second run: that would hide that it was broken once.
   */
  readonly retries?: number;
  /** Runs only when it is asked for by name: it takes a compiler, and minutes of it. */
  readonly onlyByName?: boolean;
  /** So many files at once, each by itself, instead of one after the other: where most of the time is spent waiting. */
  readonly atOnce?: number;
  /** Programs that pass or fail as one test, run before the test files. */
  readonly steps?: Readonly<Record<string, readonly string[]>>;
  /** Makes sure that what the tests need is there; answers what to put into their environment. */
  readonly prepare?: () => Promise<Record<string, string>>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export const stages: Readonly<Record<StageName, Stage>> = {
  check: {
    limitMs: 3 * MINUTE_MS,
    testLimitMs: 20 * SECOND_MS,
    steps: {
      "format and lint": ["node_modules/.bin/biome", "ci", "--error-on-warnings", "--colors=off"],
      types: ["node_modules/.bin/tsc", "--noEmit"],
      "types in the browser": ["node_modules/.bin/tsc", "--noEmit", "--project", "views/browser"],
    },
  },
  unit: { limitMs: 4 * MINUTE_MS, testLimitMs: 10 * SECOND_MS },
  contract: { limitMs: 10 * MINUTE_MS, testLimitMs: 30 * SECOND_MS },
  services: { limitMs: 30 * MINUTE_MS, testLimitMs: 60 * SECOND_MS, prepare: ensureServices },
  integration: { limitMs: 20 * MINUTE_MS, testLimitMs: 60 * SECOND_MS },
  delivery: { limitMs: 20 * MINUTE_MS, testLimitMs: 5 * MINUTE_MS },
  upgrade: { limitMs: 15 * MINUTE_MS, testLimitMs: 5 * MINUTE_MS, atOnce: 2, prepare: ensureReleases },
  e2e: {
    limitMs: 25 * MINUTE_MS,
    testLimitMs: 60 * SECOND_MS,
    retries: 1,
    prepare: async () => ({ CHROMIUM: await ensureChromium() }),
  },
  ollama: { limitMs: 60 * MINUTE_MS, testLimitMs: 60 * SECOND_MS, onlyByName: true, prepare: ensureOllamaBuilt },
};

/** The program of the tests that is written in Go. */
const goClient = join(import.meta.dir, "../tests/sdk/go");

/** Here and not in the tests, whose time must not be spent on installing. */
async function ensureServices(): Promise<Record<string, string>> {
  ensurePostgres();
  ensureNginx();
  await ensureKafkaFiles();
  await ensureSchemathesis();
  await ensureSmallModel();
  ensureRedis();
  await ensurePythonClient();
  await ensureGoProgram(goClient);
  await ensureK6();
  return {};
}

async function ensureReleases(): Promise<Record<string, string>> {
  const { lastRelease, silentRelease } = await import("../tests/upgrade/builds.ts");
  console.log(`beside the last release, ${lastRelease().name}, and ${silentRelease().name}`);
  return {};
}

async function ensureOllamaBuilt(): Promise<Record<string, string>> {
  await ensureSmallModel();
  await builtOllama();
  return {};
}

/** Every test file has a stage: none is left out because of where it lies. */
export function stageOf(path: string): StageName {
  const folder = path.match(/^tests\/([^/]+)\//)?.[1];
  if (folder === undefined) return path.startsWith("tests/") ? "check" : "unit";
  return stageNames.find((name) => name === folder) ?? "unit";
}
