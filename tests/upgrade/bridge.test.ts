/**
 * 0.1.0, which says nothing of itself, beside a version that would raise the level: that stays where it is for as long as one of
 * them runs, and a version that is one release further does not start at all.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { SQL } from "bun";
import { thisBuild } from "#domain/levels.ts";
import { servicesOf } from "../delivery/world.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startCluster } from "../support/cluster.ts";
import { readRecords } from "../support/raw-topic.ts";
import { until } from "../support/wait.ts";
import { levelRaisingBuild, silentRelease } from "./builds.ts";
import { forge } from "./forge.ts";
import { levelOf, roll, untilLevel, upgrade } from "./operator.ts";

setDefaultTimeout(300_000);

const next = thisBuild.writes + 1;

test("beside a process that says nothing of itself the level stays, and rises when the last of them has gone", async () => {
  const silent = silentRelease();
  using neighbour = levelRaisingBuild({ release: "0.1.1", previous: "0.1.0" });
  using tooNew = levelRaisingBuild({ release: "99.0.0", previous: thisBuild.release });
  const env = { UPGRADE_AFTER_SECONDS: "1" };
  await using cluster = await startCluster({ gateways: 2, writers: 2, env, code: silent.folder });
  const services = await servicesOf(cluster);
  await using sql = new SQL(services.env.DATABASE_URL ?? "", { max: 1 });
  const migrations = async () => (await sql`select created_at from drizzle.__drizzle_migrations order by 1`).length;
  const ada = await signUpPerson(cluster.url);
  const room = await ada.createRoom("bridge");

  // Two releases apart: it says so, and leaves the tables as they are.
  const before = await migrations();
  await cluster.kill("writer-1", "SIGTERM");
  await expect(cluster.start("writer-1", tooNew.folder)).rejects.toThrow("is of 0.1.0");
  expect(await migrations()).toBe(before);

  await cluster.start("writer-1", neighbour.folder);
  await roll(cluster, neighbour.folder, "gateway-1");
  // Many times as long as it would wait: each beat is a try.
  const beats = async () => (await sql`select max(extract(epoch from seen_at))::float8 as at from processes`)[0].at;
  const start = await beats();
  await until(async () => (await beats()) - start > 12, { deadlineMs: 60_000, what: "some beats" });
  const posted = await ada.post(room.id, "to everybody");
  await until(async () => (await sql`select 1 from room_events where id = ${posted}`).length === 1, { what: "it" });
  expect(await levelOf(cluster, "writer-1")).toBe(thisBuild.writes);
  expect(await sql`select 1 from room_events where body ->> 'level' is not null`).toHaveLength(0);
  expect(upgrade(cluster).said).toMatch(/Level \d waits for:\n.*does not say what it is, as versions before 0\.2\.0/);
  expect(upgrade(cluster, "finish")).toMatchObject({ exitCode: 1 });

  // One of them alone holds it as well. Until it has gone nobody writes that level: a record of it is forged, and put aside by who reads it.
  await roll(cluster, neighbour.folder, "writer-2");
  expect(upgrade(cluster, "finish")).toMatchObject({ exitCode: 1 });
  await forge(services, room.id, next);
  await until(async () => (await readRecords(services.kafka, `${services.topic}.dead-letters`)).length > 0, {
    deadlineMs: 30_000,
    what: "the forged record to be put aside",
  });
  const last = await ada.post(room.id, "goes on");
  await until(async () => (await sql`select 1 from room_events where id = ${last}`).length === 1, { what: "the rest" });
  await roll(cluster, neighbour.folder, "gateway-2");
  expect(upgrade(cluster, "finish")).toMatchObject({ exitCode: 0 });
  for (const name of ["gateway-1", "writer-2"]) await untilLevel(cluster, name, next);
});
