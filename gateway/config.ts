/** Environment to typed config. Collects every problem, so that one start names them all. */
import { z } from "zod";
import { ConfigError } from "#domain/config-error.ts";
import type { AddPeople } from "#domain/invitations.ts";

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Origins besides the request's own host from which pages and sockets may be used. */
  readonly origins: readonly string[];
  /** Address by which people reach this community, when it stands behind a proxy: scheme, host and port. */
  readonly publicUrl: string | undefined;
  /** Seals signing keys and makes refresh tokens; undefined: made at first start and kept in the data folder. */
  readonly secret: string | undefined;
  readonly accessTokenMs: number;
  readonly keyLifetimeMs: number;
  readonly limits: boolean;
  readonly addPeople: AddPeople;
  /** Take the client's address and scheme from X-Forwarded-* because a proxy of ours sets them. */
  readonly trustProxy: boolean;
  readonly logLevel: LogLevel;
  /** Where metrics are served; port 0 is off. */
  readonly metrics: { readonly port: number; readonly host: string };
}

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const minSecretLength = 32;
const onOff = z.enum(["on", "off"], { error: 'must be "on" or "off"' });
const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be a whole number from ${from} to ${to}`);

const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(8080),
  HOST: z.string().min(1).default("0.0.0.0"),
  DATA_DIR: z.string().min(1, "must name a folder").default("./data"),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .refine(
      (url) => isBare(url),
      "must be an address alone, like https://chat.example.org: Superchat can't be served below a path",
    )
    .optional(),
  ALLOWED_ORIGINS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ""),
    )
    .refine((list) => list.every(isOrigin), "must be a comma-separated list like https://chat.example.org"),
  JWT_SECRET: z.string().min(minSecretLength, `must have at least ${minSecretLength} characters`).optional(),
  ACCESS_TOKEN_SECONDS: wholeNumber(10, 86_400).default(600),
  KEY_LIFETIME_DAYS: wholeNumber(1, 365).default(30),
  LIMITS: onOff.default("on"),
  ADD_PEOPLE: z.enum(["ask", "at-once"], { error: 'must be "ask" or "at-once"' }).default("ask"),
  TRUST_PROXY: onOff.default("off"),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).default("info"),
  METRICS_PORT: wholeNumber(0, 65_535).default(0),
  METRICS_HOST: z.string().min(1).default("127.0.0.1"),
});

const oldNames: Readonly<Record<string, string>> = { SERVER_PORT: "PORT" };

/** @throws ConfigError with a sentence for each variable that is wrong */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const [old, name] of Object.entries(oldNames)) if (env[old]) given[name] = env[old];
  for (const name of Object.keys(environment.shape)) if (env[name]) given[name] = env[name];
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(({ path, message }) => {
        const name = String(path[0]);
        const value = name === "JWT_SECRET" ? "it" : JSON.stringify(given[name]);
        return `${name} ${message}, but ${value} does not.`.replace(
          /^(\S+ must be .*), but (.*) does not\.$/,
          "$1, but is $2.",
        );
      }),
    );
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR,
    origins: [...values.ALLOWED_ORIGINS, ...(values.PUBLIC_URL ? [new URL(values.PUBLIC_URL).origin] : [])],
    publicUrl: values.PUBLIC_URL,
    secret: values.JWT_SECRET,
    accessTokenMs: values.ACCESS_TOKEN_SECONDS * 1000,
    keyLifetimeMs: values.KEY_LIFETIME_DAYS * 86_400_000,
    limits: values.LIMITS === "on",
    addPeople: values.ADD_PEOPLE,
    trustProxy: values.TRUST_PROXY === "on",
    logLevel: values.LOG_LEVEL,
    metrics: { port: values.METRICS_PORT, host: values.METRICS_HOST },
  };
}

/** Nothing but scheme, host and port. */
function isBare(url: string): boolean {
  return !URL.canParse(url) || new URL(url).href === `${new URL(url).origin}/`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
