/** Clients of three languages follow a room of a cluster while its gateways are killed and stopped: nothing is missed. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Centrifuge } from "centrifuge";
import { ensureGoProgram } from "../../scripts/services/go.ts";
import { ensurePythonClient } from "../../scripts/services/python.ts";
import { readRoom } from "../delivery/room-reading.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startCluster } from "../support/cluster.ts";
import { followBySdk, type SdkFollower } from "../support/sdk-program.ts";
import { until } from "../support/wait.ts";

const sdk = join(import.meta.dir, "../sdk");
/** Each round takes one gateway away, and the other takes over. */
const rounds = [
  { gateway: "gateway-1", signal: "SIGKILL" },
  { gateway: "gateway-2", signal: "SIGTERM" },
] as const;

test("another gateway takes over, for clients in three languages", async () => {
  await using cluster = await startCluster({ gateways: 2 });
  const [ana, ben] = [await signUpPerson(cluster.url), await signUpPerson(cluster.url)];
  const room = await ana.createRoom(freshName("takeover"));
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  const input = { url: cluster.url, token: ben.token, room: room.id };
  const python = [await ensurePythonClient(), join(sdk, "python/program.py")];
  const followers = {
    // Several of each, so that each gateway has some of them.
    javascript: await Promise.all([0, 1, 2, 3].map(() => followInJavaScript(cluster.url, ben.token, room.id))),
    python: await Promise.all([0, 1, 2].map(() => followBySdk(python, input))),
    go: await Promise.all([0, 1, 2].map(async () => followBySdk([await ensureGoProgram(join(sdk, "go"))], input))),
  };
  const all: SdkFollower[] = Object.values(followers).flat();
  const cutOff = (follower: SdkFollower) => follower.subscriptions().length - 1;

  let writing = true;
  const writer = (async () => {
    for (let n = 1; writing; n++) {
      // A post that meets the end of its gateway is no matter of this test.
      await ana.post(room.id, `m${n}`).catch(() => {});
      await Bun.sleep(10);
    }
  })();
  for (const { gateway, signal } of rounds) {
    const before = all.map(cutOff);
    await cluster.kill(gateway, signal);
    await until(() => all.some((each, at) => cutOff(each) > (before[at] ?? 0)), { what: "somebody to come back" });
    await cluster.start(gateway);
  }
  writing = false;
  await writer;

  const { events } = await readRoom(cluster.url, ana, room.id);
  const newest = events.at(-1)?.offset ?? 0;
  for (const [language, each] of Object.entries(followers)) {
    for (const follower of each) {
      await until(() => follower.offsets().at(-1) === newest, { what: `the newest event in ${language}` });
      const from = follower.offsets()[0] ?? 0;
      expect(follower.offsets()).toEqual(Array.from({ length: newest - from + 1 }, (_, n) => from + n));
      expect(follower.subscriptions().slice(1)).toEqual(
        follower
          .subscriptions()
          .slice(1)
          .map(() => "recovered"),
      );
    }
    expect(each.reduce((sum, follower) => sum + cutOff(follower), 0)).toBeGreaterThan(0);
  }
  await Promise.all(all.map((each) => each.close()));
}, 120_000);

async function followInJavaScript(base: string, token: string, room: string): Promise<SdkFollower> {
  const options = { token, minReconnectDelay: 50, maxReconnectDelay: 1_000 };
  const client = new Centrifuge(`${base.replace("http", "ws")}/connection/websocket`, options);
  const offsets: number[] = [];
  const subscriptions: string[] = [];
  const subscription = client.newSubscription(`room:${room}`);
  subscription.on("publication", ({ offset }) => void offsets.push(offset ?? 0));
  subscription.on("subscribed", ({ wasRecovering, recovered }) => {
    subscriptions.push(wasRecovering ? (recovered ? "recovered" : "lost") : "subscribed");
  });
  subscription.subscribe();
  client.connect();
  await subscription.ready(10_000);
  return { offsets: () => offsets, subscriptions: () => subscriptions, close: async () => client.disconnect() };
}
