/** How values of the database become values of the program: one set of rules for both drivers. */

export const int8Type = 20;
export const jsonType = 114;
export const timestamptzType = 1184;
export const jsonbType = 3802;

const utc = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?\+00$/;

const usual = "2026-11-21 14:05:00.123+00";

/** From what Postgres prints in UTC with DateStyle ISO to RFC 3339 with milliseconds. Each page reads some eighty. */
export function parseTime(raw: string): string {
  if (raw.length === usual.length && raw[10] === " " && raw.endsWith("+00"))
    return `${raw.slice(0, 10)}T${raw.slice(11, 23)}Z`;
  const match = utc.exec(raw);
  if (!match) throw new Error(`The database answered with a time that is not in UTC: ${raw}`);
  return `${match[1]}T${match[2]}.${(match[3] ?? "").padEnd(3, "0")}Z`;
}

/** Offsets and counts stay far below 2^53. */
export function parseInt8(raw: string): number {
  return Number(raw);
}

export function parseJson(raw: string): unknown {
  return JSON.parse(raw);
}

/** Parameters for json columns are text already. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
