/** Commands that the documents give to copy do what is said there, also the second time. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { until } from "../support/wait.ts";

const root = join(import.meta.dir, "../..");
let gateway: TestGateway;
let ana: ApiPerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
});
afterAll(() => gateway.close());

/** The first block of shell commands below a heading, for the server here. */
async function commands(file: string, below: string): Promise<string> {
  const text = await Bun.file(join(root, file)).text();
  const block = /^```sh\n([\s\S]*?)^```$/m.exec(text.slice(text.indexOf(below)))?.[1];
  if (block === undefined) throw new Error(`${file} has no commands below "${below}".`);
  return block.replaceAll("http://localhost:8080", gateway.url);
}

function shell(script: string) {
  return Bun.spawn(["sh", "-c", script], { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

test("README's way from a program works when copied, and again", async () => {
  const script = await commands("README.md", "## From a program");
  for (const times of [1, 2]) {
    const said = await new Response(shell(script).stdout).text();
    expect(said.match(/"text":"hello from curl"/g)?.length).toBeGreaterThanOrEqual(times);
    expect(said).not.toContain('"status":4');
  }
}, 30_000);

test("the examples run as their README says, with what is installed here", async () => {
  const { body } = await ana.call("POST", "/bots", { name: freshName("bot") });
  const scopes = ["rooms:write", "messages:read", "messages:write"];
  const made = await ana.call("POST", "/tokens", { name: "docs", scopes, bot: body.bot.id });
  const script = (await commands("examples/README.md", "Then:")).replace("superchat_…", made.body.secret);
  // The bot runs on and on: here beside the rest, and it ends with the shell.
  const beside = script.replace(/^(ROOM=.*?) *(#.*)?$/m, "$1 & bot=$!\ntrap 'kill $bot' TERM");
  const child = shell(`${beside}\nwait $bot`);
  const said = new Response(child.stdout.pipeThrough(untilSaid("Listening in lobby."))).text();
  try {
    expect(await said).toContain("Listening in lobby.");
    const latest = async () => (await ana.get("/rooms/lobby/messages?limit=20")).body.items as { text: string }[];
    const isSaid = (text: RegExp) =>
      until(async () => (await latest()).some((message) => text.test(message.text)), {
        what: `${text}`,
        deadlineMs: 20_000,
      });
    await isSaid(/^Backups are done\.$/);
    await ana.post("lobby", "!roll 2d6");
    await isSaid(/^\*\*\d+\*\* \(\d \+ \d\)$/);
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}, 60_000);

/** Ends what is read once it has said this. */
function untilSaid(words: string): TransformStream<Uint8Array, Uint8Array> {
  let said = "";
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      said += new TextDecoder().decode(chunk);
      if (said.includes(words)) controller.terminate();
    },
  });
}
