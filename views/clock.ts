/** Dates and times as words, in a person's time zone. Formatters are kept: making one costs far more than using it. */
import { LRUCache } from "lru-cache";
import { spokenTime } from "./browser/spoken-times.ts";

/** There are some 600 IANA zones; the name comes from a cookie, so the cache is bounded. */
const maxZones = 100;

/** Minutes of which a zone's words are kept: those of the messages that are looked at. */
const maxMinutes = 2_000;

interface Minute {
  readonly clock: string;
  readonly day: string;
}

interface Zone {
  /** Asked for last, which is likely to be asked for next. */
  last: { readonly start: string; readonly minute: Minute } | undefined;
  readonly minutes: LRUCache<string, Minute>;
  readonly clock: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

/** An event whose time is not one is shown with a wrong time rather than breaking its room. */
function dateOf(at: string | number): Date {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

const zones = new LRUCache<string, Zone>({ max: maxZones });

function makeZone(timeZone: string): Zone {
  return {
    last: undefined,
    minutes: new LRUCache({ max: maxMinutes }),
    clock: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }),
    day: new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }),
    exact: new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone }),
  };
}

let lastZone: { readonly timeZone: string; readonly zone: Zone } | undefined;

function zoneOf(timeZone: string): Zone {
  if (lastZone?.timeZone === timeZone) return lastZone.zone;
  const zone = zones.get(timeZone) ?? newZone(timeZone);
  lastZone = { timeZone, zone };
  return zone;
}

/** What is no zone counts as UTC. */
function newZone(timeZone: string): Zone {
  let zone: Zone;
  try {
    zone = makeZone(timeZone);
  } catch {
    zone = makeZone("UTC");
  }
  zones.set(timeZone, zone);
  return zone;
}

/** "14:05" or "2:05 PM" */
export function clockTime(at: string, timeZone: string, hour12 = false): string {
  const { clock } = minuteOf(at, zoneOf(timeZone));
  return hour12 ? spokenTime(clock, hour12) : clock;
}

/** "2026-11-21": names a day and sorts like one. */
export function dayOf(at: string | number, timeZone: string): string {
  return minuteOf(typeof at === "string" ? at : dateOf(at).toISOString(), zoneOf(timeZone)).day;
}

const minuteLength = "2026-11-21T14:05".length;

/** All of a minute has the same words in a zone: a page of messages needs few. */
function minuteOf(at: string, zone: Zone): Minute {
  const { last } = zone;
  if (last !== undefined && at.startsWith(last.start)) return last.minute;
  const start = at.slice(0, minuteLength);
  let minute = zone.minutes.get(start);
  if (minute === undefined) {
    const date = dateOf(at);
    minute = { clock: zone.clock.format(date), day: zone.day.format(date) };
    zone.minutes.set(start, minute);
  }
  // What is no time is shorter, and would be the beginning of others.
  if (start.length === minuteLength) zone.last = { start, minute };
  return minute;
}

/** "Saturday 21 November 2026 at 14:05", or "… at 2:05 PM" */
export function exactTime(at: string, timeZone: string, hour12 = false): string {
  return `${zoneOf(timeZone).exact.format(dateOf(at))} at ${clockTime(at, timeZone, hour12)}`;
}
