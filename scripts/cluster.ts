/** `npm run cluster`: Superchat as it runs for many people, on this machine and without containers. See its --help. */
import { resolve } from "node:path";
import { runProcess, stopSignal } from "#gateway/process.ts";
import { help, readArguments, type StartWish, type Wish } from "./cluster/arguments.ts";
import { askForStart } from "./cluster/control.ts";
import { runCluster } from "./cluster/run.ts";

const wish = read(process.argv.slice(2));
if (wish.type === "help") console.log(help);
else if (wish.type === "run") await runProcess(() => runCluster(wish, stopSignal()));
else await start(wish);

function read(words: readonly string[]): Wish {
  try {
    return readArguments(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("npm run cluster -- --help says what there is.");
    process.exit(2);
  }
}

async function start({ dir, name, code }: StartWish): Promise<void> {
  try {
    console.log(await askForStart(dir, name, code && resolve(code)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
