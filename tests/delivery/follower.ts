/** Somebody who reads a room: comes back after every loss at the position it has, and reads anew only when it is told to. */
import type { ApiPerson } from "../support/api-person.ts";
import type { Reader, Shown } from "./history.ts";
import { page } from "./page-transport.ts";
import { markOf, readRoom } from "./room-reading.ts";
import type { Position, Transport } from "./transport.ts";
import type { Worker } from "./worker.ts";
import { renew } from "./writer.ts";

const againAfterMs = 100;

export interface FollowerOptions {
  readonly base: string;
  readonly name: string;
  readonly who: ApiPerson;
  readonly room: string;
  readonly transport?: Transport;
}

export interface Follower extends Worker {
  readonly reader: Reader & { shown: Shown[]; leftWith?: string };
  /** The offset it has been shown. */
  offset(): number;
}

export function startFollower({ base, name, who, room, transport = page }: FollowerOptions): Follower {
  const { follow } = transport;
  if (follow === undefined) throw new Error(`${transport.name} is for writing only`);
  const shown: Shown[] = [];
  let position: Position | undefined;
  let open = true;
  let close = () => {};
  const work = (async () => {
    while (open) {
      await once().catch(async (error) => {
        if (/401/.test(String(error))) await renew(base, who).catch(() => undefined);
      });
      await Bun.sleep(againAfterMs);
    }
  })();

  async function once(): Promise<void> {
    position ??= await readAnew();
    const following = await follow?.({
      base,
      who,
      room,
      from: position,
      shown(what) {
        shown.push(what);
        if (what.type === "reset") position = undefined;
        else if (position !== undefined) position = { epoch: position.epoch, offset: what.to };
      },
    });
    close = () => following?.close();
    if (!open) close();
    await following?.ended;
  }

  async function readAnew(): Promise<Position> {
    const { events, epoch } = await readRoom(base, who, room);
    shown.push({ type: "read", epoch, events: events.map(markOf) });
    return { epoch, offset: events.at(-1)?.offset ?? 0 };
  }

  return {
    name,
    reader: { name, room, shown },
    done: () => shown.length,
    offset: () => position?.offset ?? 0,
    async stop() {
      open = false;
      close();
      await work;
    },
  };
}
