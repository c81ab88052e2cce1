/** Two gateways on the same ports, limits on, a clock that stands still, and in them Ana with a room, and Ben: new for each test. */
import { afterEach, beforeEach } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { type ApiPerson, freshName, signUpPerson } from "./api-person.ts";
import { startGateway, type TestGateway } from "./gateway.ts";
import type { TestPorts } from "./ports.ts";

export interface TwoGateways {
  readonly clock: ReturnType<typeof createFixedClock>;
  readonly gateways: readonly [TestGateway, TestGateway];
  readonly urls: readonly [string, string];
  readonly ports: TestPorts;
  readonly ana: ApiPerson;
  readonly ben: ApiPerson;
  /** Ana's, public. */
  readonly room: { readonly id: string; readonly slug: string };
}

/**
 * Call it at the top of a test file.
 * @returns what the test that runs has
 */
export function useTwoGateways(): () => TwoGateways {
  let open: TwoGateways | undefined;
  beforeEach(async () => {
    open = await openTwoGateways();
  });
  afterEach(async () => {
    for (const gateway of open?.gateways.toReversed() ?? []) await gateway.close();
    open = undefined;
  });
  return () => {
    if (open === undefined) throw new Error("They are there while a test runs.");
    return open;
  };
}

async function openTwoGateways(): Promise<TwoGateways> {
  const clock = createFixedClock();
  const env = { LIMITS: "on" };
  const first = await startGateway({ env, clock });
  const second = await startGateway({ env, clock, between: () => first.ports });
  const [ana, ben] = [await signUpPerson(first.url), await signUpPerson(first.url)];
  return {
    clock,
    gateways: [first, second],
    urls: [first.url, second.url],
    ports: first.ports,
    ana,
    ben,
    room: await ana.createRoom(freshName("room")),
  };
}
