import { describe, expect, test } from "bun:test";
import { tickMs } from "../gateway/tick.ts";
import { cpuOf, framesPerSecond, gatewayLoad, gatewaysOf, redisLoad, roomsHere, zipfSizes } from "./arithmetic.ts";

const two = { rooms: 3, online: 10, perSecond: 0.5 };

describe("a gateway", () => {
  test("takes each message of its rooms once, and gives it to each socket", () => {
    const load = gatewayLoad([two], 4);
    expect(load).toMatchObject({ idleSecond: 1, silentSecond: 30, send: 4, take: 1.5, delivery: 15 });
  });

  test("writes a frame for each message of a slow room, and no more than one each tick of a busy one", () => {
    expect(framesPerSecond({ online: 10, perSecond: 0.01 })).toBeCloseTo(0.01, 4);
    const most = 1_000 / tickMs(1_000);
    expect(framesPerSecond({ online: 1_000, perSecond: 1e6 })).toBeCloseTo(most, 1);
    expect(framesPerSecond({ online: 1_000, perSecond: 200 })).toBeLessThan(most);
  });

  test("writes as many as come of messages at random", () => {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    for (const perSecond of [2, 25, 100]) {
      const [tickS, all] = [tickMs(100) / 1_000, 20_000];
      let [now, leaves, frames] = [0, 0, 0];
      for (let n = 0; n < all; n++) {
        now += -Math.log(random()) / perSecond;
        // It joins the frame that is due.
        if (now < leaves) continue;
        leaves = Math.max(now, leaves + tickS);
        frames += 1;
      }
      const ratio = framesPerSecond({ online: 100, perSecond }) / (frames / now);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
    }
  });

  test("costs what its parts cost", () => {
    const costs = { idleSecond: 10_000, silentSecond: 2, send: 300, take: 100, write: 8, delivery: 1 };
    const load = gatewayLoad([{ rooms: 1, online: 100, perSecond: 0.001 }], 10);
    expect(cpuOf(load, costs)).toBeCloseTo((10_000 + 200 + 3_000 + 0.1 + 0.8 + 0.1) / 1e6, 6);
  });
});

describe("rooms on several gateways", () => {
  test("a large room is at all of them, a room of one at one", () => {
    expect(gatewaysOf(2_000, 10)).toBeCloseTo(10, 6);
    expect(gatewaysOf(1, 10)).toBeCloseTo(1, 6);
    expect(gatewaysOf(10, 1)).toBe(1);
  });

  test("no socket is lost by spreading them", () => {
    const all = [two, { rooms: 1, online: 2_000, perSecond: 3 }];
    const here = roomsHere(all, 7);
    const sockets = here.reduce((sum, { rooms, online }) => sum + rooms * online, 0);
    expect(sockets * 7).toBeCloseTo(2_030, 6);
  });

  test("Redis passes a message on to each gateway that follows its room", () => {
    const load = redisLoad([{ rooms: 2, online: 5_000, perSecond: 3 }], 4);
    expect(load.message).toBe(6);
    expect(load.take).toBeCloseTo(24, 6);
  });
});

test("sizes after Zipf's law have no empty room and lose nobody", () => {
  const sizes = zipfSizes(4_500, 150);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4_500);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect((sizes[0] ?? 0) / (sizes[1] ?? 1)).toBeCloseTo(2, 0);
});
