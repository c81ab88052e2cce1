/** A Database in a Postgres server, through a pool of connections. The pool connects again by itself after a loss. */
import postgres from "postgres";
import { createAnswerDeadline } from "./answer-deadline.ts";
import { type Database, DatabaseLost, QueryRefused, queriesOver, type Run } from "./database.ts";
import { asText, int8Type, jsonbType, jsonType, parseInt8, parseJson, parseTime, timestamptzType } from "./values.ts";

export const poolSize = 10;
const connectWithinSeconds = 10;
const closeWithinSeconds = 10;
/**
 * Before a lost connection is opened again. The driver's own pauses grow to 20 seconds, and count the failures of all connections
 * together: after three seconds without a server, nobody would ask for another twenty.
 */
const reconnectAfterSeconds = { from: 0.1, to: 0.5 } as const;
const statementTimeoutMs = 30_000;

const types = {
  int8: { to: int8Type, from: [int8Type], serialize: String, parse: parseInt8 },
  timestamptz: { to: timestamptzType, from: [timestamptzType], serialize: asText, parse: parseTime },
  json: { to: jsonType, from: [jsonType], serialize: asText, parse: parseJson },
  jsonb: { to: jsonbType, from: [jsonbType], serialize: asText, parse: parseJson },
};

/** @throws DatabaseLost when the server does not answer. */
export async function openPostgresServer(url: string): Promise<Database> {
  const client = postgres(url, {
    max: poolSize,
    connect_timeout: connectWithinSeconds,
    backoff: () => reconnectAfterSeconds.from + Math.random() * (reconnectAfterSeconds.to - reconnectAfterSeconds.from),
    fetch_types: false,
    types,
    onnotice: () => undefined,
    connection: {
      TimeZone: "UTC",
      DateStyle: "ISO",
      application_name: "superchat",
      statement_timeout: statementTimeoutMs,
    },
  });
  try {
    await runOn(client)("select 1", [], "arrays");
  } catch (error) {
    await client.end({ timeout: 0 });
    throw error;
  }
  const run = runOn(client);
  const deadline = createAnswerDeadline({ probe: () => run("select 1", [], "arrays") });
  const inTime: Run = (...asked) => deadline.within(() => run(...asked));
  return {
    queries: queriesOver(inTime),
    run: inTime,
    async transaction<T>(work: (queries: ReturnType<typeof queriesOver>) => Promise<T>) {
      try {
        return (await client.begin(async (session) => await work(queriesOver(runOn(session))))) as T;
      } catch (error) {
        throw translated(error);
      }
    },
    async close() {
      deadline.close();
      await client.end({ timeout: closeWithinSeconds });
    },
  };
}

function runOn(session: Pick<postgres.ISql, "unsafe">): Run {
  return async (text, params, shape) => {
    try {
      const query = session.unsafe(text, [...params] as postgres.ParameterOrJSON<never>[], { prepare: true });
      return [...(shape === "arrays" ? await query.values() : await query)];
    } catch (error) {
      throw translated(error);
    }
  };
}

/** Failures of the connection carry a code of the driver or of the operating system. */
function translated(error: unknown): unknown {
  if (error instanceof postgres.PostgresError) {
    return new QueryRefused(error.message, error.code, error.constraint_name, { cause: error });
  }
  if (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(CONNECT|E[A-Z]+$)/.test(error.code)
  ) {
    return new DatabaseLost(`The database can't be reached (${error.code}).`, { cause: error });
  }
  return error;
}
