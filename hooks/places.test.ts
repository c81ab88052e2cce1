/** How many deliveries a process has under way, in all and of those that are slow, and of whom: the store claims no more than is told. */
import { expect, test } from "bun:test";
import { slowAfterMs } from "#domain/hook.ts";
import type { HookClaim } from "#domain/ports/index.ts";
import { createPlaces, maxInFlight, maxInFlightPerHost, maxInFlightPerOwner, maxSlowInFlight } from "./places.ts";

const claim = (owner: string, host: string, tookMs?: number) =>
  ({ owner, hook: { url: `https://${host}:8443/x`, tookMs } }) as unknown as HookClaim;

test("each takes a place, of its person and its receiver too, and gives it back once", () => {
  const places = createPlaces();
  expect(places.free()).toEqual({
    all: maxInFlight,
    slow: maxSlowInFlight,
    perOwner: maxInFlightPerOwner,
    inFlightByOwner: new Map(),
    perHost: maxInFlightPerHost,
    inFlightByHost: new Map(),
  });
  const [first] = [places.take(claim("ana", "a.example")), places.take(claim("ana", "b.example"))];
  places.take(claim("ben", "a.example"));
  const free = places.free();
  expect(free?.all).toBe(maxInFlight - 3);
  expect(free && [...free.inFlightByOwner]).toEqual([
    ["ana", 2],
    ["ben", 1],
  ] as never);
  expect(free && [...free.inFlightByHost]).toEqual([
    ["a.example", 2],
    ["b.example", 1],
  ]);
  first();
  first();
  expect(places.free()?.all).toBe(maxInFlight - 2);
});

test("when all are taken nothing is claimed, until one is given back", () => {
  const places = createPlaces();
  const back = Array.from({ length: maxInFlight }, (_, n) => {
    expect(places.free()?.all).toBe(maxInFlight - n);
    return places.take(claim(`p${n}`, `${n}.example`));
  });
  expect(places.free()).toBeUndefined();
  back[7]?.();
  expect(places.free()?.all).toBe(1);
});

test("slow receivers have places of their own: when those are taken, quick ones are claimed yet", () => {
  const places = createPlaces();
  places.take(claim("ana", "quick.example", slowAfterMs));
  for (let n = 0; n < maxSlowInFlight; n++) {
    expect(places.free()?.slow).toBe(maxSlowInFlight - n);
    places.take(claim(`p${n}`, `${n}.example`, slowAfterMs + 1));
  }
  expect(places.free()).toMatchObject({ slow: 0, all: maxInFlight - maxSlowInFlight - 1 });
  places.take(claim("late", "late.example", slowAfterMs + 1));
  expect(places.free()?.slow).toBe(0);
});
