/**
 * Requests that Schemathesis makes up from the OpenAPI document, well-formed and not, alone and in sequences: never a 5xx, never
 * an answer that is not documented. Each run makes up others; the seed of one that failed is in its output.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSchemathesis } from "../../scripts/services/schemathesis.ts";
import { signUpPerson } from "../support/api-person.ts";
import { operationsOf, readDocument } from "../support/openapi.ts";
import { type StandaloneServer, startStandalone } from "../support/server.ts";

const runSeconds = 60;
const startWithinMs = 120_000;

let server: StandaloneServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-fuzz-"));
  server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });
}, startWithinMs);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Calls that end sign-ins come with ones of their own, or the rest of the run would meet nothing but 401. And somebody else leaves rooms:
 * who left a private one can't find it any more, which is not what a room that was just made should answer. That other one is told
 * so of a private room from the first, as documented: only there "just made, so it must be there" is not asked.
 */
async function configuration(): Promise<string> {
  const signIn = async () => `headers = { Authorization = "Bearer ${(await signUpPerson(server.url)).token}" }`;
  const ownSignIn = async (...ids: string[]) =>
    `[[operations]]\ninclude-operation-id = ${JSON.stringify(ids)}\n${await signIn()}`;
  return [
    await signIn(),
    "request-timeout = 20.0",
    // Rules that a schema can't tell refuse what fits it: which letters go together in a name, what is taken, bytes for characters.
    "[checks.positive_data_acceptance]",
    'expected-statuses = ["2xx", 304, 401, 403, 404, 409, 412, 413, 422]',
    "[checks.negative_data_rejection]",
    "expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422]",
    await ownSignIn("signOut"),
    await ownSignIn("signOutEverywhere"),
    await ownSignIn("listSessions", "endSession"),
    await ownSignIn("leaveRoom"),
    "checks.ensure_resource_availability.enabled = false",
  ].join("\n");
}

test(
  "whatever is asked is answered as documented",
  async () => {
    const config = join(folder, "schemathesis.toml");
    await Bun.write(config, await configuration());
    const command = [...(await ensureSchemathesis()), "--no-color", "--config-file", config];
    const limits = ["--max-time", `${runSeconds}`, "--max-failures", "20", "--continue-on-failure", "--workers", "2"];
    const child = Bun.spawn(
      [...command, "run", `${server.url}/api/openapi.json`, ...limits, "--suppress-health-check", "all"],
      {
        cwd: folder,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [said, complained] = await Promise.all([child.stdout, child.stderr].map((out) => new Response(out).text()));
    if ((await child.exited) !== 0) throw new Error(`${clipped(said ?? "")}\n${complained}`);

    const { length } = operationsOf(await readDocument(server.url));
    expect(said).toContain(`Selected: ${length}/${length}`);
    // Thousands, but for a machine that has no time: then at least it was not nothing.
    expect(Number(/(\d+) generated/.exec(said ?? "")?.[1])).toBeGreaterThan(length);
    expect(server.logs()).not.toContain("unexpected error");
  },
  (runSeconds + 120) * 1_000,
);

/** A body at its limit makes long lines. */
function clipped(text: string): string {
  return text
    .split("\n")
    .map((line) => line.slice(0, 500))
    .join("\n");
}
