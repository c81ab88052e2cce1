/** Times and devices in words. */
import { expect, test } from "bun:test";
import { spokenDay, spokenTime, timeAgo } from "./browser/spoken-times.ts";
import { clockTime, dayOf, exactTime } from "./clock.ts";
import { deviceName } from "./device-name.ts";

const at = "2026-11-21T23:30:00.000Z";

test("times are told in the reader's zone, and in UTC where that is unknown", () => {
  expect([clockTime(at, "Europe/Berlin"), dayOf(at, "Europe/Berlin")]).toEqual(["00:30", "2026-11-22"]);
  expect([clockTime(at, "no/where"), dayOf(at, "")]).toEqual(["23:30", "2026-11-21"]);
  expect([clockTime("", "UTC"), clockTime(at, "UTC")]).toEqual(["00:00", "23:30"]);
  expect([clockTime("never", "UTC"), dayOf(Number.NaN, "UTC")]).toEqual(["00:00", "1970-01-01"]);
});

test("each minute has its own words, also where it was asked for before", () => {
  const minutes = ["23:29:59.999", "23:30:00.000", "23:30:59.999", "23:31:00.000"].map((time) => `2026-11-21T${time}Z`);
  for (const _ of ["first", "again"])
    expect(minutes.map((each) => clockTime(each, "Asia/Kolkata"))).toEqual(["04:59", "05:00", "05:00", "05:01"]);
  expect(dayOf("2026-11-21T18:29:00.000Z", "Asia/Kolkata")).toBe("2026-11-21");
  expect(dayOf("2026-11-21T18:30:00.000Z", "Asia/Kolkata")).toBe("2026-11-22");
});

test("times are told by the clock that one is used to", () => {
  expect(clockTime(at, "UTC", true)).toBe("11:30 PM");
  for (const [clock, twelve] of [
    ["00:00", "12:00 AM"],
    ["00:59", "12:59 AM"],
    ["08:26", "8:26 AM"],
    ["12:00", "12:00 PM"],
    ["13:05", "1:05 PM"],
    ["20:26", "8:26 PM"],
    ["23:59", "11:59 PM"],
  ] as const)
    expect([spokenTime(clock, false), spokenTime(clock, true)]).toEqual([clock, twelve]);
});

test("days are called by their distance", () => {
  expect(spokenDay("2026-03-01", "2026-03-01")).toBe("Today");
  expect(spokenDay("2026-02-28", "2026-03-01")).toBe("Yesterday");
  expect(spokenDay("2026-02-27", "2026-03-01")).toBe("Friday 27 February");
  expect(spokenDay("2025-12-31", "2026-01-02")).toBe("Wednesday 31 December 2025");
});

test("how long ago is told in the largest whole unit", () => {
  const after = (minutes: number): string => timeAgo(at, Date.parse(at) + minutes * 60_000);
  expect([-5, 0.9, 1, 59.9, 60, 1_439, 1_440].map(after)).toEqual([
    ...["just now", "just now", "1 minute ago", "59 minutes ago", "1 hour ago", "23 hours ago", "1 day ago"],
  ]);
});

test("an exact time is told by the reader's clock, as all others", () => {
  const at = "2027-02-28T21:29:00.000Z";
  expect(exactTime(at, "UTC")).toMatch(/^Sunday,? 28 February 2027 at 21:29$/);
  expect(exactTime(at, "UTC", true)).toMatch(/^Sunday,? 28 February 2027 at 9:29 PM$/);
});

test("devices are called by browser and system", () => {
  expect(deviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1")).toBe(
    "Safari on iPhone",
  );
  expect(deviceName("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0")).toBe("Edge on Windows");
  expect(deviceName("curl/8.9")).toBe("curl");
  expect([deviceName(""), deviceName("x".repeat(200)).length]).toEqual(["Unknown device", 60]);
});
