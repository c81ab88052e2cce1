/**
 * This version as the older one, beside one that reads and writes a level more, while people write and read: it is waited for, it waits, it
 * ends or refuses to start, and whatever it can't read is neither put aside, nor lost, nor left out of what somebody sees.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { SQL } from "bun";
import { maxLevel, thisBuild } from "#domain/levels.ts";
import { check } from "../delivery/check.ts";
import { startCrowd } from "../delivery/crowd.ts";
import { gather, settle } from "../delivery/evidence.ts";
import { openPlace } from "../delivery/place.ts";
import { randomFrom } from "../delivery/schedule.ts";
import { signUpPerson } from "../support/api-person.ts";
import { readRecords } from "../support/raw-topic.ts";
import { until } from "../support/wait.ts";
import { levelRaisingBuild } from "./builds.ts";
import { forge } from "./forge.ts";
import { killRaisers } from "./mid-raise.ts";
import { health, metric, roll, root, untilEnded, untilLevel, upgrade } from "./operator.ts";

setDefaultTimeout(300_000);

const next = thisBuild.writes + 1;
const after = { release: "99.0.0", previous: thisBuild.release };
const settledWithinMs = 90_000;
const atLeastMessages = 20;

test("an older version that was frozen while the level rose loses nothing, shows nothing wrong, and gives way", async () => {
  using newer = levelRaisingBuild(after);
  const kind = { gateways: 2, brokers: 1, bots: 2, disk: false, clock: false, env: { UPGRADE_AFTER_SECONDS: "1" } };
  await using place = await openPlace(kind);
  const { cluster, env, kafka, topic } = place;
  await using sql = new SQL(env.DATABASE_URL ?? "", { max: 1 });
  const newerStored = async () => {
    const [row] = await sql`select count(*)::int as count from room_events where (body ->> 'level')::int = ${next}`;
    return row.count as number;
  };
  const letters = () => readRecords(kafka, `${topic}.dead-letters`);
  const numbers = { rooms: 3, writersOfEach: 1, readersOfEach: 2, pauseMs: [40, 120] as const };
  const crowd = await startCrowd({ ...numbers, asks: true, base: place.url, random: randomFrom(11) });
  const startedAt = Date.now();
  const goesOn = async (what: string) => {
    const before = crowd.acks();
    await until(() => crowd.acks() > before + atLeastMessages, { deadlineMs: 60_000, what: `messages ${what}` });
  };

  // While one is older, the newer ones write what it can read. There is a way back, and forth again.
  await roll(cluster, newer.folder, "gateway-1", "writer-1", "bot-1");
  await roll(cluster, root, "writer-1");
  await roll(cluster, newer.folder, "writer-1");
  await goesOn("beside an older version");
  expect(await newerStored()).toBe(0);
  const waiting = upgrade(cluster);
  expect(waiting.said).toContain(`Level ${next} waits for:`);
  expect(waiting.said).toMatch(/gateway-\S+ is of .*\n.*writer-\S+ is of/);
  expect(waiting.said).not.toContain("does not say what it is");
  expect(upgrade(cluster, "finish")).toMatchObject({ exitCode: 1 });

  // The older ones freeze: after half a minute nobody waits for them, and the level rises.
  const ada = await signUpPerson(cluster.url);
  const room = await ada.createRoom("frozen");
  await ada.post(room.id, "before");
  const processes = await cluster.processes();
  const { pid = 0, port } = processes.find(({ name }) => name === "gateway-2") ?? {};
  for (const name of ["gateway-2", "writer-2", "bot-2"]) await cluster.kill(name, "SIGSTOP");

  // Whoever raises it may be killed in the middle: nothing has risen, and the next one does it.
  const raisers = ["gateway-1", "writer-1", "bot-1"];
  const levels = await killRaisers(place, raisers);
  expect(new Set(levels)).toEqual(new Set([thisBuild.writes]));
  for (const name of raisers) await cluster.start(name, newer.folder);
  await untilLevel(cluster, "gateway-1", next);
  await goesOn("of the newer level");
  const known = await ada.post(room.id, "of the newer level");
  await until(async () => (await newerStored()) > atLeastMessages, { deadlineMs: 60_000, what: "them to be stored" });
  expect(upgrade(cluster).said).toMatch(/writer-\S+ .*silent for \d+ s: not waited for/);

  // What the frozen gateway is asked meanwhile it answers when it thaws: not with a room that lacks something.
  const early = ["messages", "events?after=0", "events?after=3"].map(async (path) => {
    const url = `http://127.0.0.1:${port}/api/v1/rooms/${room.id}/${path}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } }).catch(() => undefined);
    return { status: response?.status ?? 0, text: (await response?.text()) ?? "" };
  });
  for (const name of ["writer-2", "bot-2", "gateway-2"]) await cluster.kill(name, "SIGCONT");
  for (const { status, text } of await Promise.all(early)) expect(status === 200 ? text : known).toContain(known);
  await goesOn("after the thaw");

  // The gateway has gone; the writer and the bot are there, take nothing, and say so.
  await untilEnded(cluster, pid, "the older gateway");
  for (const name of ["writer-2", "bot-2"]) {
    await until(async () => (await metric(cluster, name, "superchat_level_outdated_processes")) === 1, {
      deadlineMs: 30_000,
      what: `the older ${name} to wait`,
    });
    expect(await cluster.log(name)).toContain("takes nothing in any more");
    expect(await health(cluster, name)).toBe(503);
  }
  expect(await health(cluster, "writer-1")).toBe(200);
  expect(await letters()).toEqual([]);

  // Nobody of the older version gets in again, not even where the store was set back to before, and what it finds it leaves as it is.
  for (const name of ["writer-2", "bot-2"]) await cluster.kill(name);
  await expect(cluster.start("writer-2", root)).rejects.toThrow(`level ${next}`);
  await sql`update active_level set level = ${thisBuild.writes}`;
  await expect(cluster.start("writer-2", root)).rejects.toThrow(`level ${next}`);
  for (const name of ["writer-2", "bot-2", "gateway-2"]) await cluster.start(name, newer.folder);
  await goesOn("of the newer version alone");

  const sources = {
    ...{ base: place.url, databaseUrl: env.DATABASE_URL ?? "", kafka, topic, rooms: crowd.rooms },
    ...{ reader: crowd.owner, settledWithinMs },
  };
  const seen = await crowd.stop(settledWithinMs, () => settle(sources));
  const evidence = await gather(sources);
  const nothing = { lives: [], poisons: [], unordered: [] };
  expect(check({ startedAt, rooms: crowd.rooms, ...nothing, ...seen(evidence), ...evidence })).toEqual([]);

  // A record of a level that nobody writes is put aside, and the chat goes on.
  await forge(place, room.id, maxLevel);
  // By each group of readers.
  await until(async () => (await letters()).length > 0, { what: "the forged record to be put aside" });
  const last = await ada.post(room.id, "goes on");
  await until(async () => (await sql`select 1 from room_events where id = ${last}`).length === 1, { what: "the rest" });
  expect(upgrade(cluster).said).toContain("No update is under way.");
});
