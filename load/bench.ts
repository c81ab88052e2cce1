/** `npm run bench`: measures a standalone process and prints a table. Figures are of this machine and this minute. */
import { cpus, loadavg, totalmem } from "node:os";
import { startStandalone } from "../tests/support/server.ts";
import { measureBot } from "./bot.ts";
import { type Figure, tableOf } from "./figure.ts";
import { measurePageWeight } from "./page-weight.ts";
import { measurePaint } from "./paint.ts";
import { measureSends } from "./sends.ts";
import { measureSockets } from "./sockets.ts";

const benches: Readonly<Record<string, (url: string, pid: number) => Promise<readonly Figure[]>>> = {
  sockets: measureSockets,
  weight: (url) => measurePageWeight(url),
  paint: (url) => measurePaint(url),
  sends: measureSends,
};

const wanted = process.argv.slice(2);
if (wanted.includes("--help")) {
  console.log(`npm run bench -- [start] [bot] [${Object.keys(benches).join("] [")}]   all of them when none is named`);
  process.exit(0);
}

const figures: Figure[] = [];
if (wanted.length === 0 || wanted.includes("start")) figures.push(...(await measureStart()));
if (wanted.length === 0 || wanted.includes("bot")) figures.push(...(await measureBot()));
for (const [name, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await using server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "error" } });
  figures.push(...(await measure(server.url, server.pid)));
}
const [load = 0] = loadavg();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
console.log(`\n${machine}, Bun ${Bun.version}, load ${load.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}\n`);
console.log(tableOf(figures));
process.exit(0);

/** To the line that says it serves: with a new data folder, then with the same one. */
async function measureStart(): Promise<readonly Figure[]> {
  const coldFrom = performance.now();
  await using server = await startStandalone({ env: { LOG_LEVEL: "error" } });
  const cold = (performance.now() - coldFrom) / 1000;
  const warmFrom = performance.now();
  await server.restart();
  const warm = (performance.now() - warmFrom) / 1000;
  return [
    { what: "first start (new data folder, dependencies installed)", value: cold, unit: "s" },
    { what: "stop and second start", value: warm, unit: "s" },
  ];
}
