/**
 * Breaks the product on purpose and expects the suite to notice: each patch in mutations/ in a clone of its own, with the faults
 * that its head names. `node start.mjs tests/delivery/mutations.ts [NAME]...`; takes what is committed.
 */
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
export const patches = join(import.meta.dir, "mutations");
const minutes = 1.5;
/** Unless the patch says otherwise. */
const frozenSeconds = 5;
const limitMs = 10 * 60_000;

async function main(wanted: readonly string[]): Promise<number> {
  const all = (await readdir(patches)).map((file) => file.replace(/\.patch$/, "")).sort();
  let missed = 0;
  for (const name of wanted.length > 0 ? wanted : all) {
    const text = await Bun.file(join(patches, `${name}.patch`)).text();
    console.log(`\n== ${name}: ${text.split("\n", 1)[0]}`);
    const faults = /^faults: (.*)$/m.exec(text)?.[1]?.split(", ") ?? [];
    const freeze = /^freeze: (\d+)$/m.exec(text)?.[1] ?? `${frozenSeconds}`;
    const { caught, said } = await tryMutation(name, faults, freeze);
    if (!caught) missed += 1;
    console.log(caught ? "caught:" : "NOT CAUGHT:");
    console.log(said);
  }
  console.log(missed === 0 ? "\nEvery mutation was caught." : `\n${missed} mutations were not caught.`);
  return missed === 0 ? 0 : 1;
}

async function tryMutation(name: string, faults: readonly string[], freeze: string) {
  const folder = await mkdtemp(join(tmpdir(), "superchat-mutation-"));
  try {
    run("git", "clone", "--quiet", "--local", root, folder);
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    run("git", "-C", folder, "apply", join(patches, `${name}.patch`));
    const only = faults.flatMap((fault) => ["--only", fault]);
    const times = ["--minutes", `${minutes}`, "--freeze", freeze];
    const child = Bun.spawn([process.execPath, "--no-orphans", "tests/delivery/long.ts", "--long", ...times, ...only], {
      cwd: folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const giveUp = setTimeout(() => child.kill("SIGTERM"), limitMs);
    const lines = (await new Response(child.stdout).text()).split("\n");
    clearTimeout(giveUp);
    const broken = lines.filter((line) => line.startsWith("BROKEN "));
    return { caught: (await child.exited) === 1 && broken.length > 0, said: digest(broken, lines) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An example of each rule that was broken, and how often in all. */
function digest(broken: readonly string[], lines: readonly string[]): string {
  const examples = new Map(broken.map((line) => [line.split(":", 1)[0], line]));
  return [
    ...examples.values(),
    ...lines.filter((line) => /^seed |^acked: |promise/.test(line)),
    ...(examples.size === 0 ? lines.slice(-5) : []),
  ].join("\n");
}

function run(...words: string[]): void {
  const { success, stderr } = Bun.spawnSync(words, { stdin: "ignore" });
  if (!success) throw new Error(`${words.join(" ")} failed: ${stderr}`);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
