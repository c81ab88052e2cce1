/** JSON lines on standard error: one object per line with time, level, message and what belongs to it, and no secret. */
import { isChatError } from "#domain/errors.ts";
import { type LogLevel, logLevels } from "./config.ts";
import { withoutSecrets } from "./without-secrets.ts";

export type LogFields = Readonly<Record<string, unknown>>;
export type Log = Record<Exclude<LogLevel, "silent">, (message: string, fields?: LogFields) => void>;

export function createLog(level: LogLevel, write = (line: string) => void process.stderr.write(line)): Log {
  const from = logLevels.indexOf(level);
  const at = (name: LogLevel) => {
    if (logLevels.indexOf(name) < from) return () => {};
    return (message: string, fields: LogFields = {}) =>
      write(`${withoutSecrets(JSON.stringify({ time: new Date().toISOString(), level: name, message, ...fields }))}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What a log line says of news from an adapter: its fields, with errors in full. */
export function detailFields(detail: unknown): LogFields {
  if (detail instanceof Error || typeof detail !== "object" || detail === null) return errorFields(detail);
  const shown = (value: unknown) => (value instanceof Error ? errorFields(value) : value);
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, shown(value)]));
}

/** What a log line says of an error: its chain of causes, with the stack where it is our bug. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause === undefined ? {} : { cause: errorFields(error.cause) };
  return { error: `${error.name}: ${error.message}`, ...(isChatError(error) ? {} : { stack: error.stack }), ...cause };
}
