/** A request is given to one gateway, which has just answered: what keeps that one busy or finds it frozen is nobody else's matter. */
import { expect, test } from "bun:test";
import { until } from "../support/wait.ts";
import { countsOf, type NginxWorld, oneFrozenMs, openNginxWorld, slowMs, tally, useNginxWorld } from "./nginx-world.ts";

let world: NginxWorld;

useNginxWorld((opened) => {
  world = opened;
});

test.each(["GET", "DELETE"])(
  "a %s that keeps a gateway busy until nginx gives up is given to no other, and nobody else notices",
  async (method) => {
    const own = await openNginxWorld();
    const ask = async (init?: RequestInit) => `${(await own.get("/", init)).status}`;
    try {
      const asked = own.get("/stuck", { method });
      await until(async () => (await counted(own, "stuck", 1_000)) === undefined, { what: "a gateway to be busy" });
      const others = performance.now();
      expect(tally(await Promise.all(Array.from({ length: 40 }, () => ask())))).toEqual({ "200": 40 });
      expect(await ask({ method: "POST", body: "one" })).toBe("200");
      expect(performance.now() - others).toBeLessThan(2 * oneFrozenMs);
      expect((await asked).status).toBe(504);
      const all = () => counted(own, "stuck", 1_000);
      expect(await until(all, { deadlineMs: slowMs, what: "the gateway to go on" })).toBe(1);
    } finally {
      await own.close();
    }
  },
  2 * slowMs,
);

test(
  "while a gateway is frozen, not one of many reading requests and changes waits for it",
  async () => {
    const [, victim] = world.upstreams;
    await victim!.kill("SIGSTOP");
    try {
      const seen: string[] = [];
      let slowest = 0;
      const frozenAt = performance.now();
      const asker = async (method: string) => {
        // It is asked again every second, so this is several times.
        while (performance.now() - frozenAt < 10_000) {
          const startedAt = performance.now();
          seen.push(`${(await world.get("/", { method })).status}`);
          slowest = Math.max(slowest, performance.now() - startedAt);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, at) => asker(at % 4 === 0 ? "POST" : "GET")));
      expect(Object.keys(tally(seen))).toEqual(["200"]);
      expect(slowest).toBeLessThan(oneFrozenMs);
    } finally {
      await victim!.kill("SIGCONT");
    }
  },
  slowMs,
);

test("connections to gateways are kept, those of the questions too", async () => {
  const connections = async () =>
    (await Promise.all(world.upstreams.map((each) => countsOf(each)))).reduce(
      (sum, count) => sum + count.connections,
      0,
    );
  const before = await connections();
  expect(await world.statuses(20)).toEqual({ "200": 20 });
  for (let round = 0; round < 20; round++) {
    expect(await world.statuses(10)).toEqual({ "200": 10 });
    // What is announced of a change's body is not announced with its question.
    expect(await world.statuses(10, "/", { method: "POST", body: "x".repeat(100) })).toEqual({ "200": 10 });
  }
  // Of each of two workers one for each gateway and each thing asked, at most as many as there were requests at once.
  expect((await connections()) - before).toBeLessThan(150);
});

/** @returns undefined when one of them does not answer within that time */
async function counted({ upstreams }: NginxWorld, what: "stuck", withinMs = slowMs): Promise<number | undefined> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    const counts = await Promise.all(upstreams.map((each) => countsOf(each, signal)));
    return counts.reduce((sum, count) => sum + count[what], 0);
  } catch {
    return undefined;
  }
}
