/** A community in a data folder of its own, for tests of what happens to its process, its Postgres and its folder. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type ApiPerson, signUpPerson } from "./api-person.ts";
import { type StandaloneOptions, type StandaloneServer, startStandalone } from "./server.ts";
import { until } from "./wait.ts";

export interface Story {
  readonly server: StandaloneServer;
  readonly ada: ApiPerson;
  readonly room: string;
  readonly acked: string[];
  say(text: string): Promise<void>;
  /** Of what was acked, what isn't there. */
  missing(): Promise<string[]>;
}

/** A community with one person, who has said something. */
export async function begin(
  options: StandaloneOptions & { readonly dataDir: string },
): Promise<Story & AsyncDisposable> {
  const server = await startStandalone(options);
  const ada = await signUpPerson(server.url);
  const { id: room } = await ada.createRoom("Tea");
  const acked: string[] = [];
  const say = async (text: string) => void acked.push(await ada.post(room, text));
  await say("first");
  const missing = async () => {
    const { body } = await until(
      async () => {
        const answer = await ada.get(`/rooms/${room}/messages?limit=100`);
        return answer.status === 200 && answer;
      },
      { what: "the room", deadlineMs: 30_000 },
    );
    const there = new Set(body.items.map(({ id }: { id: string }) => id));
    return acked.filter((id) => !there.has(id));
  };
  return { server, ada, room, acked, say, missing, [Symbol.asyncDispose]: async () => void (await server.stop()) };
}

/** Processes that work in the Postgres folder of this data folder. */
export function postgresOf(dataDir: string): number[] {
  const folder = join(dataDir, "postgres");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    })
    .map(Number);
}

export const pidFileOf = (dataDir: string) => join(dataDir, "postgres", "postmaster.pid");
export const postmasterOf = (dataDir: string) => Number.parseInt(readFileSync(pidFileOf(dataDir), "utf8"), 10);
export const nobodyIn = (dataDir: string) =>
  until(() => postgresOf(dataDir).length === 0, { what: "Postgres to be gone", deadlineMs: 15_000 });
