/** Who belongs to a cluster and whether they run: says when one ends, starts it again when asked, and tells the world. */
import { isRunning } from "../services/own-folder.ts";
import type { Member, Role } from "./members.ts";

const listingOrder: readonly Role[] = ["nginx", "gateway", "writer", "bot", "ollama", "redis", "kafka", "postgres"];
const lookEveryMs = 200;
/** A killed process is gone a moment later. */
const endsWithinMs = 1_000;
const endsPollMs = 20;

/** As in cluster.json. */
export interface ProcessEntry {
  readonly name: string;
  readonly role: Role;
  /** Of the last process, if none runs. */
  readonly pid: number;
  /** Of a process that only works, not serves: where its metrics are. */
  readonly port: number;
  readonly metricsPort?: number;
}

export interface Roll {
  /** It runs. */
  add(member: Member): void;
  members(): readonly Member[];
  /** Now, and from now on whenever something changes. */
  publish(): Promise<void>;
  /** @returns a sentence. @throws Error with one */
  startAgain(name: string, code?: string): Promise<string>;
  /** Says nothing more. */
  close(): void;
}

/** @param startCommand with NAME in it, for whoever wants one back */
export function createRoll(
  startCommand: string,
  describe: (processes: readonly ProcessEntry[]) => Promise<void>,
): Roll {
  const entries: { readonly member: Member; pid: number; runs: boolean }[] = [];
  const starting = new Set<string>();
  let published = false;

  const timer = setInterval(() => {
    for (const entry of entries) {
      if (!entry.runs || isRunning(entry.pid)) continue;
      entry.runs = false;
      const { name } = entry.member;
      console.log(`${name} (pid ${entry.pid}) has ended. To start it again: ${startCommand.replace("NAME", name)}`);
    }
  }, lookEveryMs);

  function tell({ name, port }: Member, pid: number): void {
    console.log(`${name} runs with pid ${pid} on port ${port}.`);
  }

  async function publish(): Promise<void> {
    published = true;
    const listed = entries.map(({ member: { name, role, port, metricsPort }, pid }) => ({
      ...{ name, role, pid, port },
      ...(metricsPort === undefined ? {} : { metricsPort }),
    }));
    await describe(listed.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name)));
  }

  return {
    members: () => entries.map(({ member }) => member),
    publish,
    close: () => clearInterval(timer),

    add(member) {
      const pid = member.pid();
      if (pid === undefined) throw new Error(`${member.name} has ended right after its start: see its log.`);
      entries.push({ member, pid, runs: true });
      tell(member, pid);
    },

    async startAgain(name, code) {
      const entry = entries.find(({ member }) => member.name === name);
      if (entry === undefined) {
        const names = entries.map(({ member }) => member.name).join(", ");
        throw new Error(`There is no ${name} in this cluster. There are: ${names}.`);
      }
      if (starting.has(name)) throw new Error(`${name} is being started already.`);
      if (!(await hasEnded(entry.pid))) return `${name} runs already, with pid ${entry.pid}.`;
      starting.add(name);
      try {
        await entry.member.start(code);
        const pid = entry.member.pid();
        if (pid === undefined) throw new Error(`${name} has ended right after its start: see its log.`);
        entry.pid = pid;
        entry.runs = true;
        tell(entry.member, pid);
      } finally {
        starting.delete(name);
      }
      if (published) await publish();
      return `${name} runs again, with pid ${entry.pid}.`;
    },
  };
}

function rank({ role }: ProcessEntry): number {
  return listingOrder.indexOf(role);
}

async function hasEnded(pid: number): Promise<boolean> {
  const giveUpAt = performance.now() + endsWithinMs;
  while (isRunning(pid)) {
    if (performance.now() > giveUpAt) return false;
    await Bun.sleep(endsPollMs);
  }
  return true;
}
