/** The programs of tests/sdk, one for each client of the protocol that is not JavaScript's, as children of a test. */
import { until } from "./wait.ts";

export interface SdkInput {
  readonly url: string;
  readonly token: string;
  readonly refreshToken?: string;
  readonly user?: string;
  readonly room: string;
  /** A private room that the person is not in. */
  readonly closedRoom?: string;
}

/** What each client was seen to do, in order. */
export const exercise = [
  "an expired token is replaced",
  "publications come in order",
  "history is read both ways",
  "presence is told",
  "rpc is answered",
  "a room of others is refused",
  "what was missed is recovered",
  "an unknown epoch is told",
  "unsubscribing ends it",
  "the token is refreshed in time",
  "signing out ends it",
] as const;

/** @returns the lines it printed. @throws Error with what it said when it failed */
export async function runExercise(command: readonly string[], input: SdkInput): Promise<readonly string[]> {
  const child = Bun.spawn([...command, "exercise"], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  child.stdin.write(`${JSON.stringify(input)}\n`);
  child.stdin.end();
  const [said, problems] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`after "${said.trim().split("\n").at(-1)}":\n${problems}`);
  return said.trim().split("\n");
}

export interface SdkFollower {
  /** Offsets of publications, in the order they came. */
  offsets(): readonly number[];
  /** Each time it subscribed: "subscribed" the first time, then "recovered" or "lost". */
  subscriptions(): readonly string[];
  close(): Promise<void>;
}

/** Follows a room; resolves when it is subscribed. */
export async function followBySdk(command: readonly string[], input: SdkInput): Promise<SdkFollower> {
  const child = Bun.spawn([...command, "follow"], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  let said = "";
  let problems = "";
  const collect = (stream: ReadableStream<Uint8Array>, take: (text: string) => void) =>
    void stream.pipeTo(new WritableStream({ write: (chunk) => take(new TextDecoder().decode(chunk)) }));
  collect(child.stdout, (text) => {
    said += text;
  });
  collect(child.stderr, (text) => {
    problems += text;
  });
  child.stdin.write(`${JSON.stringify(input)}\n`);
  child.stdin.flush();
  const lines = () => said.split("\n").slice(0, -1);
  const subscriptions = () => lines().filter((line) => !/^\d+$/.test(line));
  try {
    await until(() => subscriptions()[0] === "subscribed", { what: "the client to subscribe" });
  } catch (error) {
    child.kill();
    throw new Error(`the client said: ${problems}`, { cause: error });
  }
  return {
    offsets: () => lines().flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : [])),
    subscriptions,
    async close() {
      child.stdin.end();
      child.kill();
      await child.exited;
    },
  };
}
