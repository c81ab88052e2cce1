/** `npm run bench`: measures, and prints a table for each bench. Figures are of this machine and this minute. */
import { cpus, loadavg, totalmem } from "node:os";
import { startStandalone } from "../tests/support/server.ts";
import { measureBot } from "./bot.ts";
import { measureBotRoom } from "./bot-room.ts";
import { measureBusyPage } from "./busy-page.ts";
import { measureCatchUp } from "./catch-up.ts";
import { measureCluster } from "./cluster.ts";
import { measureFanOut } from "./fan-out.ts";
import { type Figure, tableOf } from "./figure.ts";
import { measureGround } from "./ground.ts";
import { measureGrowing } from "./growing.ts";
import { measureMemory } from "./memory.ts";
import { measurePageWeight } from "./page-weight.ts";
import { measurePages } from "./pages.ts";
import { measurePaint } from "./paint.ts";
import { measurePaintPhone } from "./paint-phone.ts";
import { measurePeers } from "./peers/peers.ts";
import { measureSends } from "./sends.ts";
import { measureSlowReaders } from "./slow-readers.ts";
import { measureSmallRooms } from "./small-rooms.ts";
import { measureSockets } from "./sockets.ts";
import { measureStorm } from "./storm.ts";
import { measureWriter } from "./writer.ts";

type Measure = () => Promise<readonly Figure[]>;

const benches: Readonly<Record<string, Measure>> = {
  start: measureStart,
  ground: measureGround,
  bot: measureBot,
  "bot-room": measureBotRoom,
  sockets: onStandalone(measureSockets),
  weight: onStandalone((url) => measurePageWeight(url)),
  paint: onStandalone((url) => measurePaint(url)),
  "paint-phone": onStandalone((url) => measurePaintPhone(url)),
  "busy-page": onStandalone((url) => measureBusyPage(url)),
  pages: measurePages,
  sends: onStandalone(measureSends),
  writer: measureWriter,
  cluster: measureCluster,
  "catch-up": measureCatchUp,
  "fan-out": measureFanOut,
  memory: measureMemory,
  "slow-readers": measureSlowReaders,
  "small-rooms": measureSmallRooms,
  storm: measureStorm,
  peers: measurePeers,
  growing: measureGrowing,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.log(`npm run bench -- [${Object.keys(benches).join("] [")}]   all of them when none is named
EVENTS=N: how many the writer (100,000) and catch-up (1,000,000) take
WORK=1000x20,5000x10 SECONDS=N: members and messages a second of fan-out and peers, and for how long`);
  process.exit(wanted.includes("--help") ? 0 : 1);
}

const commit = Bun.spawnSync(["git", "rev-parse", "--short", "HEAD"]).stdout.toString().trim() || "unknown";
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
console.log(`${machine}, Bun ${Bun.version}, commit ${commit}, ${new Date().toISOString().slice(0, 10)}`);
for (const [name, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [before = 0] = loadavg();
  const figures = await measure();
  const [after = 0] = loadavg();
  console.log(`\n${name}: load ${before.toFixed(1)} before, ${after.toFixed(1)} after\n\n${tableOf(figures)}`);
}
process.exit(0);

/** Each with a server of its own, and a new data folder. */
function onStandalone(measure: (url: string, pid: number) => Promise<readonly Figure[]>): Measure {
  return async () => {
    await using server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "error" } });
    return await measure(server.url, server.pid);
  };
}

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
