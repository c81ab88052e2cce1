/** What somebody who updates a cluster does and sees. */
import { isAlive, type TestCluster } from "../support/cluster.ts";
import { until } from "../support/wait.ts";

export const root = `${import.meta.dir}/../..`;

/** `npm run upgrade`. */
export function upgrade(
  cluster: TestCluster,
  ...words: string[]
): { readonly exitCode: number; readonly said: string } {
  const command = [process.execPath, "scripts/upgrade.ts", ...words, "--dir", cluster.folder];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root });
  return { exitCode, said: `${stdout}${stderr}` };
}

/** Processes that are replaced one after the other. */
export async function roll(cluster: TestCluster, code: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    await cluster.kill(name, "SIGTERM");
    await cluster.start(name, code);
  }
}

async function ask(cluster: TestCluster, name: string, path: string): Promise<Response> {
  const { metricsPort } = (await cluster.processes()).find((each) => each.name === name) ?? {};
  return await fetch(`http://127.0.0.1:${metricsPort}${path}`);
}

export async function health(cluster: TestCluster, name: string): Promise<number> {
  return (await ask(cluster, name, "/healthz")).status;
}

export async function metric(cluster: TestCluster, name: string, of: string): Promise<number> {
  const text = await (await ask(cluster, name, "/metrics")).text();
  return Number(new RegExp(`^${of} (\\d+)`, "m").exec(text)?.[1]);
}

export const levelOf = (cluster: TestCluster, name: string) => metric(cluster, name, "superchat_level_active_level");

export async function untilLevel(cluster: TestCluster, name: string, level: number): Promise<void> {
  const what = `level ${level} at ${name}`;
  await until(async () => (await levelOf(cluster, name)) === level, { deadlineMs: 90_000, what });
}

export async function untilEnded(cluster: TestCluster, pid: number, what: string): Promise<void> {
  await until(() => !isAlive(pid), { deadlineMs: 30_000, what: `${what} to end in ${cluster.folder}` });
}
