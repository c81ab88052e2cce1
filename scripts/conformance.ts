/** `npm run conformance -- URL`: checks a running server against what it promises to whoever uses it. See its --help. */
import { checks } from "./conformance/all-checks.ts";
import { type CheckWish, help, readArguments, type Wish } from "./conformance/arguments.ts";
import { closingLine, jsonReport, resultLines } from "./conformance/report.ts";
import { runChecks } from "./conformance/run.ts";

const wish = read(process.argv.slice(2));
if (wish.type === "help") console.log(help);
else if (wish.type === "list")
  console.log(checks.map(({ name, promise }) => `${name.padEnd(32)}${promise}`).join("\n"));
else process.exit(await check(wish));

function read(words: readonly string[]): Wish {
  try {
    return readArguments(
      words,
      checks.map(({ name }) => name),
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("npm run conformance -- --help says what there is.");
    process.exit(2);
  }
}

async function check({ url, backlog, only, json }: CheckWish): Promise<number> {
  const wanted = checks.filter(({ name }) => only.length === 0 || only.some((each) => name.startsWith(each)));
  const told = json ? () => {} : (line: string) => console.log(line);
  told(`Checking ${url}`);
  const results = await runChecks(wanted, { url, backlog }, (result) => {
    for (const line of resultLines(result)) told(line);
  });
  console.log(json ? jsonReport(url, results) : `\n${closingLine(results)}`);
  return results.every(({ broken }) => broken === undefined) ? 0 : 1;
}
