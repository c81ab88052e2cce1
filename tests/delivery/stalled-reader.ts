/**
 * A reader in a process of its own, so that it can be frozen: its socket stays open and nobody reads from it. Started with
 * what it needs as JSON; told "stop" it answers what it was shown.
 */
import { join } from "node:path";
import type { ApiPerson } from "../support/api-person.ts";
import { until } from "../support/wait.ts";
import { startFollower } from "./follower.ts";
import type { Reader, Shown } from "./history.ts";

const tellEveryMs = 250;
const stopWithinMs = 30_000;

interface Said {
  readonly offset?: number;
  readonly shown?: readonly Shown[];
}

export interface StalledReader {
  readonly name: string;
  readonly room: string;
  offset(): number;
  freeze(frozen: boolean): void;
  stop(): Promise<Reader>;
}

export function startStalledReader(base: string, who: ApiPerson, room: string): StalledReader {
  const { name, password, token } = who;
  let offset = 0;
  let shown: readonly Shown[] | undefined;
  const child = Bun.spawn([process.execPath, "--no-orphans", import.meta.path], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...process.env, STALLED_READER: JSON.stringify({ base, who: { name, password, token }, room }) },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ipc(message: Said) {
      offset = message.offset ?? offset;
      shown = message.shown ?? shown;
    },
  });
  return {
    name: "stalled",
    room,
    offset: () => offset,
    freeze: (frozen) => child.kill(frozen ? "SIGSTOP" : "SIGCONT"),
    async stop() {
      child.kill("SIGCONT");
      child.send("stop");
      const all = await until(() => shown, {
        deadlineMs: stopWithinMs,
        what: "the stalled reader to tell what it saw",
      });
      child.kill();
      await child.exited;
      return { name: "stalled", room, shown: all };
    },
  };
}

if (import.meta.main) {
  const follower = startFollower({ name: "stalled", ...JSON.parse(process.env.STALLED_READER ?? "") });
  setInterval(() => process.send?.({ offset: follower.offset() }), tellEveryMs);
  process.on("message", () => void follower.stop().then(() => process.send?.({ shown: follower.reader.shown })));
}
