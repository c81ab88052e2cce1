/** nginx in front of gateways that are killed, frozen and restarted: nobody who asks notices. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { until } from "../support/wait.ts";
import {
  countsOf,
  type NginxWorld,
  type OpenSocket,
  oneFrozenMs,
  slowMs,
  tally,
  upstream,
  useNginxWorld,
} from "./nginx-world.ts";

let world: NginxWorld;

useNginxWorld((opened) => {
  world = opened;
});

const sockets = (count: number) => Promise.all(Array.from({ length: count }, () => world.socket()));
const namesOf = (open: readonly OpenSocket[]) => tally(open.map((each) => each.upstream));
const closeAll = (open: readonly OpenSocket[]) => {
  for (const { socket } of open) socket.close();
};

/**
 * Until it gets one socket after another, as the one with the fewest. Of one that had failed, nginx may try the handshake itself and not
 * the question before it: then it gets this one socket, and no other until its next question is answered.
 * @param open gets the sockets that this takes
 */
async function untilUsed(name: string, open: OpenSocket[]): Promise<void> {
  await until(
    async () => {
      const pair = [...(await sockets(1)), ...(await sockets(1))];
      open.push(...pair);
      return pair.every(({ upstream }) => upstream === name);
    },
    { what: `two sockets on ${name}` },
  );
}

/** Of thirty, ten each, and some play. */
function expectEven(counts: Readonly<Record<string, number>>): void {
  for (const name of ["up-1", "up-2", "up-3"]) expect(counts[name]).toBeWithin(8, 13);
}

test("requests and sockets are spread over all gateways", async () => {
  const asked: string[] = [];
  for (let count = 0; count < 30; count++) asked.push(await world.who());
  expectEven(tally(asked));
  const open = await sockets(30);
  expectEven(namesOf(open));
  closeAll(open);
});

test.each(["/live", "/connection/websocket"])("a socket at %s passes what both sides say", async (path) => {
  const { socket, echo } = await world.socket(path);
  expect(await echo("hello")).toBe("hello");
  expect(await echo("x".repeat(60_000))).toHaveLength(60_000);
  socket.close();
});

test(
  "a killed gateway: its sockets close, requests go on; started again, it gets its share within seconds",
  async () => {
    const [, victim] = world.upstreams;
    const open = await sockets(30);
    await victim!.kill("SIGKILL");
    const [lost, kept] = [
      open.filter((each) => each.upstream === "up-2"),
      open.filter((each) => each.upstream !== "up-2"),
    ];
    await until(() => lost.every(({ closed }) => closed()), { what: "its sockets to close" });
    expect(lost.length).toBeGreaterThan(7);
    expect(await world.statuses(60)).toEqual({ "200": 60 });
    // A POST is passed on when the connection was refused: none of it was sent.
    expect(await world.statuses(30, "/", { method: "POST", body: "one" })).toEqual({ "200": 30 });
    expect(await Promise.all(kept.map(({ echo }) => echo("still here")))).toEqual(kept.map(() => "still here"));

    open.push(...(await sockets(6)));

    await victim!.start();
    await untilUsed("up-2", open);
    const back = await sockets(20);
    expect(namesOf(back)["up-2"]).toBeGreaterThan(7);
    closeAll([...open, ...back]);
  },
  slowMs,
);

test(
  "a frozen gateway keeps nobody waiting for long, and is used again when it thaws",
  async () => {
    const [victim] = world.upstreams;
    await victim!.kill("SIGSTOP");
    try {
      const together = performance.now();
      expect(await world.statuses(40)).toEqual({ "200": 40 });
      expect(performance.now() - together).toBeLessThan(oneFrozenMs);
      // Alone, a request may meet the frozen one first.
      for (let count = 0; count < 4; count++) {
        const alone = performance.now();
        expect(await world.who()).not.toBe("up-1");
        expect(performance.now() - alone).toBeLessThan(oneFrozenMs);
      }
    } finally {
      await victim!.kill("SIGCONT");
    }
    await until(async () => (await world.who()) === "up-1", { what: "it to be asked again" });
  },
  slowMs,
);

test(
  "a frozen gateway gets no new sockets, though it has the fewest, and gets them again when it thaws",
  async () => {
    const [, victim] = world.upstreams;
    const open = await sockets(30);
    for (const each of open) if (each.upstream === "up-2") each.cut();
    // What nginx counts decides where the next one goes.
    await until(async () => (await countsOf(victim!)).sockets === 0, { what: "its sockets to be gone" });
    await victim!.kill("SIGSTOP");
    try {
      // The first one finds it; it is asked again every second, by one alone.
      for (const waitMs of [0, 2_000]) {
        await Bun.sleep(waitMs);
        const startedAt = performance.now();
        const [first] = await sockets(1);
        expect(first!.upstream).not.toBe("up-2");
        const others = await sockets(20);
        expect(namesOf(others)["up-2"]).toBeUndefined();
        expect(performance.now() - startedAt).toBeLessThan(oneFrozenMs);
        open.push(first!, ...others);
        // What must not be repeated does not get there in the first place.
        expect(await world.statuses(20, "/", { method: "POST", body: "one" })).toEqual({ "200": 20 });
      }
    } finally {
      await victim!.kill("SIGCONT");
    }
    await untilUsed("up-2", open);
    const back = await sockets(10);
    expect(namesOf(back)["up-2"]).toBeGreaterThan(7);
    closeAll([...open, ...back]);
  },
  slowMs,
);

test("what a gateway had begun to receive is not given to another", async () => {
  const before = await posts();
  const answer = await world.get("/die", { method: "POST", body: "once" });
  expect(answer.status).toBe(502);
  await until(() => world.upstreams.some(({ pid }) => pid === undefined), { what: "the gateway to end" });
  for (const each of world.upstreams) await each.start();
  expect(await posts()).toBeLessThanOrEqual(before);
});

async function posts(): Promise<number> {
  const counts = await Promise.all(world.upstreams.map((each) => countsOf(each)));
  return counts.reduce((sum, count) => sum + count.posts, 0);
}

test(
  "every gateway is restarted in turn while people read: not one request fails",
  async () => {
    let running = true;
    const seen: string[] = [];
    const readers = Array.from({ length: 4 }, async () => {
      while (running) seen.push(`${(await world.get("/long")).status}`);
    });
    for (const each of world.upstreams) {
      await each.stop();
      await each.start();
    }
    running = false;
    await Promise.all(readers);
    expect(Object.keys(tally(seen))).toEqual(["200"]);
    expect(seen.length).toBeGreaterThan(100);
  },
  slowMs,
);

test(
  "a socket on which nothing is said stays, longer than a request may take",
  async () => {
    const { socket, echo, closed } = await world.socket();
    await Bun.sleep(7_000);
    expect(closed()).toBe(false);
    expect(await echo("still here")).toBe("still here");
    socket.close();
  },
  slowMs,
);

describe("nginx itself", () => {
  test("takes other gateways without losing a socket", async () => {
    const fourth = upstream(world.folder, "up-4");
    await fourth.start();
    const [old] = await sockets(1);
    const addresses = world.upstreams.map(({ address }) => address);
    await world.nginx.reload([fourth.address]);
    await until(async () => (await world.who()) === "up-4", { what: "the new gateway to be asked" });
    expect(await old!.echo("still here")).toBe("still here");
    await world.nginx.reload(addresses);
    await until(async () => (await world.who()) !== "up-4", { what: "the others to be asked again" });
    closeAll([old!]);
    await fourth.stop();
  });

  test("is not root", async () => {
    const status = await readFile(`/proc/${world.nginx.pid}/status`, "utf8");
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
  });

  test("killed with -9 leaves no worker behind, and starts again on its port", async () => {
    const workers = await childrenOf(world.nginx.pid!);
    expect(workers.length).toBeGreaterThan(0);
    await world.nginx.kill("SIGKILL");
    await until(() => workers.every((pid) => !existsSync(`/proc/${pid}`)), { what: "its workers to end" });
    await world.nginx.start();
    expect(await world.statuses(10)).toEqual({ "200": 10 });
  });
});

async function childrenOf(pid: number): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").filter(Boolean);
}
