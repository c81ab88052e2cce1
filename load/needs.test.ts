import { expect, test } from "bun:test";
import { cpuOf, gatewayLoad, roomsHere } from "./arithmetic.ts";
import { measuredCosts } from "./measured-costs.ts";
import { limits, needOf, needsTable, profile, roomsOf } from "./needs.ts";

const sizes = [100_000, 1_000_000];

test("docs/operating.md shows what the sums come to", async () => {
  const text = await Bun.file(`${import.meta.dir}/../docs/operating.md`).text();
  expect(text).toContain(needsTable(sizes, measuredCosts));
});

test("everybody is in one room", () => {
  expect(profile.kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(roomsOf(1_000).reduce((sum, { rooms, online }) => sum + rooms * online, 0)).toBeCloseTo(1_000, 6);
});

test.each(sizes)("%d connections overload no gateway when a tenth of them is away", (connections) => {
  const { gateways, messagesPerSecond } = needOf(connections, measuredCosts);
  const left = gateways - Math.ceil(gateways / 11);
  expect(connections / left).toBeLessThanOrEqual(limits.connectionsPerGateway);
  const load = gatewayLoad(roomsHere(roomsOf(connections), left), messagesPerSecond / left);
  expect(cpuOf(load, measuredCosts.gateway)).toBeLessThanOrEqual(limits.busy);
});

test("where a message costs more, more gateways are needed", () => {
  const dear = { ...measuredCosts, gateway: { ...measuredCosts.gateway, write: measuredCosts.gateway.write * 100 } };
  expect(needOf(100_000, dear).gateways).toBeGreaterThan(needOf(100_000, measuredCosts).gateways);
});
