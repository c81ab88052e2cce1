/** A raise of the level that Postgres does not live to see the end of: what counts is what the log was told, and no older version gets in. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { openLevelMarks } from "#adapters/kafka/level-marks.ts";
import { createLevelStore } from "#adapters/postgres/level-store.ts";
import { openPostgres } from "#db/connect.ts";
import { joinVersions } from "#domain/join-versions.ts";
import { type Build, thisBuild } from "#domain/levels.ts";
import type { LevelMarks } from "#domain/ports/index.ts";
import { startPostgres } from "../../scripts/services/postgres.ts";
import { until } from "../support/wait.ts";
import { type KafkaWorld, uniqueTopic, useKafkaWorld } from "./kafka-world.ts";

setDefaultTimeout(60_000);

let world: KafkaWorld;
useKafkaWorld((opened) => {
  world = opened;
});
const level = thisBuild.reads + 1;
const newer: Build = { release: "99.0.0", previous: thisBuild.release, reads: level, writes: level };

test("Postgres dies in the middle of a raise: the log was told, and whoever can't read the level does not start", async () => {
  await using server = await startPostgres();
  const database = await openPostgres(server.url, "test");
  const store = createLevelStore(database);
  const wanted = { brokers: world.brokers, topic: uniqueTopic(), groupId: "writers", clientId: "test", replicas: 1 };
  const { marks } = openLevelMarks({ ...wanted, report: () => undefined });
  const ends: (() => Promise<void>)[] = [database.close];
  const reports: string[] = [];
  const join = async (build: Build, own: LevelMarks = marks) => {
    const levels = await joinVersions({
      ...{ store, marks: own, upgrade: "auto", steadySeconds: 0, beatEveryMs: 100 },
      own: { ...build, id: crypto.randomUUID(), name: `writer-${build.release}`, role: "writer" },
      onOutdated: () => undefined,
      report: (what) => void reports.push(what),
    });
    ends.push(levels.close);
    return levels;
  };
  try {
    const raising = await join(newer, {
      ...marks,
      async mark(to) {
        if (server.pid !== undefined) await server.kill("SIGKILL");
        await marks.mark(to);
      },
    });
    await until(() => reports.includes("the level could not be raised"), { what: "the raise to fail" });
    // Nobody writes it before the log has it, and whoever is cut off from Postgres hears of it there.
    await until(() => raising.active() === level, { what: "the log to be asked" });

    await server.start();
    expect(await until(() => store.level().catch(() => 0), { what: "Postgres to be back" })).toBe(thisBuild.writes);
    await expect(join(thisBuild)).rejects.toThrow(`level ${level}`);
    expect((await join(newer)).active()).toBe(level);
    expect(await store.level()).toBe(level);
  } finally {
    for (const end of ends.reverse()) await end();
  }
});
