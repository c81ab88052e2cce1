/** `npm run demo -- URL`: fills a running server with a community, through its public API alone. See its --help. */
import { type DemoWish, help, readArguments, type Wish } from "./demo/arguments.ts";
import { openCommunity } from "./demo/community.ts";
import { backfill, goOn } from "./demo/play.ts";
import { demoCast, demoScript } from "./demo/script.ts";

const wish = read(process.argv.slice(2));
if (wish.type === "help") console.log(help);
else
  await run(wish).catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });

function read(words: readonly string[]): Wish {
  try {
    return readArguments(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("npm run demo -- --help says what there is.");
    process.exit(2);
  }
}

async function run({ url, password, messages, rate, ...options }: DemoWish): Promise<void> {
  const cast = demoCast(options);
  console.log(`${cast.people.length} people move into ${cast.rooms.length} rooms at ${url} (seed ${options.seed}).`);
  const community = await openCommunity(url, cast, password);
  const script = demoScript(options);
  const { fresh, known } = await backfill(community, script, messages);
  if (messages > 0) console.log(`${fresh} messages sent${known > 0 ? `, ${known} were there already` : ""}.`);
  const [somebody] = community.accounts.values();
  if (somebody !== undefined)
    console.log(`Look around at ${url}, as yourself or as one of them: ${somebody.name}, "${password}".`);
  if (rate === undefined) return;
  console.log(`They go on talking, ${rate} messages a minute in the long run, until this ends (Ctrl-C).`);
  await goOn(community, script, rate);
}
