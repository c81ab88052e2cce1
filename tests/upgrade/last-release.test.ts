/**
 * The last release beside this version on one cluster, in every order of rolling forth and back, while people write and read: nothing is
 * lost, doubled, out of order or refused. And the folder of a single process, taken over and not given back.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../delivery/check.ts";
import { asker, type Crowd, startCrowd } from "../delivery/crowd.ts";
import { gather, settle } from "../delivery/evidence.ts";
import { emptyRedis } from "../delivery/faults.ts";
import { openPlace, type Place } from "../delivery/place.ts";
import { randomFrom } from "../delivery/schedule.ts";
import { signUpPerson } from "../support/api-person.ts";
import { until } from "../support/wait.ts";
import { lastRelease, type OtherBuild } from "./builds.ts";
import { root, upgrade } from "./operator.ts";

setDefaultTimeout(480_000);

const settledWithinMs = 90_000;
const goesOnWithinMs = 60_000;
const roles = ["gateway", "writer", "bot"] as const;
const orders = [
  ["gateway", "writer", "bot"],
  ["gateway", "bot", "writer"],
  ["writer", "gateway", "bot"],
  ["writer", "bot", "gateway"],
  ["bot", "gateway", "writer"],
  ["bot", "writer", "gateway"],
] as const;

let last: OtherBuild;

beforeAll(() => {
  last = lastRelease();
  console.log(`the last release is ${last.name}`);
});

/** One after the other, as an operator does. */
async function roll({ cluster }: Place, role: string, code: string, crowd: Crowd, first: NodeJS.Signals) {
  const all = await cluster.processes(role);
  for (const [at, { name }] of all.entries()) {
    await cluster.kill(name, at === 0 ? first : "SIGTERM");
    await cluster.start(name, code);
    await goesOn(crowd, `${name} runs from ${code === root ? "this version" : last.name}`);
  }
}

/** All at once, as where containers are made anew. */
async function replaceAll({ cluster }: Place, code: string): Promise<void> {
  const all = (await cluster.processes()).filter(({ role }) => roles.includes(role as (typeof roles)[number]));
  await Promise.all(all.map(({ name }) => cluster.kill(name, "SIGTERM")));
  await Promise.all(all.map(({ name }) => cluster.start(name, code)));
}

async function goesOn({ writers }: Crowd, after: string): Promise<void> {
  // Who asks the bot pauses for longer than all of this takes.
  const busy = writers.filter(({ name }) => name !== asker);
  await Promise.all(
    busy.map(async ({ name, done }) => {
      const before = done();
      await until(() => done() > before, { deadlineMs: goesOnWithinMs, what: `an ack for ${name} after ${after}` });
    }),
  );
}

test("each process goes from the last release to this version and back, in every order, and nothing is lost", async () => {
  await using place = await openPlace({
    gateways: 2,
    brokers: 1,
    bots: 1,
    disk: false,
    clock: false,
    code: last.folder,
  });
  const numbers = { rooms: 4, writersOfEach: 2, readersOfEach: 2, pauseMs: [40, 120] as const };
  const random = randomFrom(7);
  const crowd = await startCrowd({ ...numbers, asks: true, base: place.url, random });
  const startedAt = Date.now();
  const lives: number[] = [];
  for (const [at, order] of orders.entries()) {
    const code = at % 2 === 0 ? root : last.folder;
    for (const [step, role] of order.entries()) {
      // In the middle, with both versions there.
      if (at === orders.length / 2 && step === 1) await emptyRedis({ cluster: place.cluster, random, lives });
      // Each kind is killed on the way forth, and on the way back.
      await roll(place, role, code, crowd, role === roles[at % roles.length] ? "SIGKILL" : "SIGTERM");
      if (step === 0) expect(upgrade(place.cluster).said).toContain("Versions run beside each other");
    }
  }
  await replaceAll(place, root);
  await goesOn(crowd, "all of them run from this version");
  expect(upgrade(place.cluster).said).toContain("No update is under way.");
  const { env, kafka, topic } = place;
  const databaseUrl = env.DATABASE_URL ?? "";
  const sources = {
    ...{ base: place.url, databaseUrl, kafka, topic, rooms: crowd.rooms, reader: crowd.owner, settledWithinMs },
  };
  const seen = await crowd.stop(settledWithinMs, () => settle(sources));
  const evidence = await gather(sources);
  const nothing = { poisons: [], unordered: [] };
  expect(check({ startedAt, lives, rooms: crowd.rooms, ...nothing, ...seen(evidence), ...evidence })).toEqual([]);
  expect(evidence.deadLetters).toEqual([]);
});

/** A single process of some version on a data folder. */
function standalone(code: string, dataDir: string) {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "info", LIMITS: "off", LLM_MODEL: "none" };
  const child = Bun.spawn([process.execPath, "standalone.ts"], { cwd: code, env, stdout: "pipe", stderr: "pipe" });
  let said = "";
  const write = (chunk: Uint8Array) => {
    said += new TextDecoder().decode(chunk);
  };
  for (const stream of [child.stdout, child.stderr]) void stream.pipeTo(new WritableStream({ write }));
  return {
    said: () => said,
    ended: child.exited,
    async url() {
      const serves = () => /Superchat is at (http:\S+)/.exec(said)?.[1];
      return await until(
        () => {
          if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
          return serves();
        },
        { deadlineMs: 60_000, what: `it to serve; so far: ${said}` },
      );
    },
    async stop() {
      child.kill("SIGTERM");
      return await child.exited;
    },
  };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("a single process takes over the folder of the last release, with all that is in it", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "superchat-upgrade-"));
  folders.push(dataDir);
  const before = standalone(last.folder, dataDir);
  const ada = await signUpPerson((await before.url()) ?? "");
  const room = await ada.createRoom("upgrades");
  const ids: string[] = [];
  for (let at = 0; at < 20; at++) ids.push(await ada.post(room.id, `message ${at}`));
  expect(await before.stop()).toBe(0);

  const after = standalone(root, dataDir);
  const base = (await after.url()) ?? "";
  const read = await fetch(`${base}/api/v1/rooms/${room.id}/messages?limit=50`, {
    headers: { authorization: `Bearer ${ada.token}` },
  });
  const { items } = (await read.json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id).filter((id) => ids.includes(id))).toEqual(ids);
  expect(await after.stop()).toBe(0);

  const again = standalone(last.folder, dataDir);
  expect(await again.ended).not.toBe(0);
  expect(again.said()).toContain("where a newer Superchat keeps it");
});
