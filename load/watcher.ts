/** Listens to rooms in a process of its own, so that what else a bench does says nothing about how late their messages are. */
import { serveParent } from "./child.ts";
import { centrifugeDialect } from "./dialects.ts";
import { percentile } from "./process-usage.ts";
import { openSwarm, type Swarm } from "./swarm.ts";

export type WatcherRun =
  | {
      readonly open: {
        readonly port: number;
        readonly size: number;
        readonly rooms: readonly string[];
        readonly tokens: readonly string[];
      };
    }
  /** Tells what was heard, which counts no more from then on. */
  | "forget";

export interface Watched {
  readonly heard: number;
  readonly p50: number;
  readonly p99: number;
  readonly troubles: readonly string[];
}

let swarm: Swarm | undefined;

serveParent(0, async (asked: WatcherRun): Promise<Watched> => {
  if (typeof asked === "object") {
    const { port, size, rooms, tokens } = asked.open;
    const places = rooms.map((room) => ({ room }));
    swarm = await openSwarm({ port, size, dialect: centrifugeDialect(places, tokens), readsEvery: 1 });
  }
  const { delays = [], troubles = [] } = swarm ?? {};
  const told = { heard: delays.length, p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), troubles };
  delays.length = 0;
  return told;
});
