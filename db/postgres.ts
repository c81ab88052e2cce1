/** A Database in a Postgres server, through a pool of connections. The pool connects again by itself after a loss. */
import postgres from "postgres";
import { createAnswerDeadline } from "./answer-deadline.ts";
import { type Database, DatabaseLost, type Queries, QueryRefused, queriesOver, type Run } from "./database.ts";
import { asText, int8Type, jsonbType, jsonType, parseInt8, parseJson, parseTime, timestamptzType } from "./values.ts";

export const poolSize = 10;
const connectWithinSeconds = 10;
/** On the same machine; one that begins anew takes a connection without a word, and drops it. */
const connectHereWithinSeconds = 1;
const closeWithinSeconds = 10;
/**
 * Before a lost connection is opened again. The driver's own pauses grow to 20 seconds, and count the failures of all connections
 * together: after three seconds without a server, nobody would ask for another twenty.
 */
const reconnectAfterSeconds = { from: 0.1, to: 0.5 } as const;
const statementTimeoutMs = 30_000;
/** A process that is frozen in the middle of a transaction loses it: what it has locked would be kept from the others until it thaws. */
export const idleInTransactionMs = 15_000;

const types = {
  int8: { to: int8Type, from: [int8Type], serialize: String, parse: parseInt8 },
  timestamptz: { to: timestamptzType, from: [timestamptzType], serialize: asText, parse: parseTime },
  json: { to: jsonType, from: [jsonType], serialize: asText, parse: parseJson },
  jsonb: { to: jsonbType, from: [jsonbType], serialize: asText, parse: parseJson },
};

/** A server by its address, or one on this machine by its socket. */
export type Server =
  | string
  | {
      readonly socket: string;
      readonly user: string;
      readonly database: string;
      /** At once, at most. */
      readonly connections: number;
    };

/**
 * @param name what it calls itself there
 * @throws DatabaseLost when the server does not answer.
 */
export async function openPostgresServer(server: Server, name = "superchat"): Promise<Database> {
  const client = connectTo(server, name);
  try {
    await firstAnswer(runOn(client), typeof server === "string" ? 0 : connectWithinSeconds);
  } catch (error) {
    await client.end({ timeout: 0 });
    throw error;
  }
  const run = runOn(client);
  const deadline = createAnswerDeadline({ probe: () => run("select 1", [], "arrays") });
  const asked = new Set<Promise<unknown>>();
  const noted = <T>(work: Promise<T>): Promise<T> => {
    asked.add(work);
    const forget = () => void asked.delete(work);
    work.then(forget, forget);
    return work;
  };
  const inTime: Run = (...words) => noted(deadline.within(() => run(...words)));
  return {
    queries: queriesOver(inTime),
    run: inTime,
    async transaction<T>(work: (queries: Queries) => Promise<T>) {
      return await noted(transactionOn(client, work));
    },
    async close() {
      deadline.close();
      // The driver itself would also wait for answers on connections that are lost.
      await Promise.race([Promise.allSettled(asked), Bun.sleep(closeWithinSeconds * 1_000)]);
      await client.end({ timeout: 0 });
    },
  };
}

/** One that has just started on this machine may answer late: the short time of a connection there is not all that it has. */
async function firstAnswer(run: Run, tryForSeconds: number): Promise<void> {
  const giveUpAt = performance.now() + tryForSeconds * 1_000;
  for (;;) {
    try {
      await run("select 1", [], "arrays");
      return;
    } catch (error) {
      if (!(error instanceof DatabaseLost) || performance.now() >= giveUpAt) throw error;
    }
  }
}

function connectTo(server: Server, name: string): postgres.Sql {
  const options = {
    connect_timeout: connectWithinSeconds,
    backoff: () => reconnectAfterSeconds.from + Math.random() * (reconnectAfterSeconds.to - reconnectAfterSeconds.from),
    fetch_types: false,
    types,
    onnotice: () => undefined,
    connection: {
      TimeZone: "UTC",
      DateStyle: "ISO",
      application_name: name,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
    },
  };
  if (typeof server === "string") return postgres(server, { ...options, max: poolSize });
  const { socket, user, database, connections } = server;
  return postgres({
    ...options,
    connect_timeout: connectHereWithinSeconds,
    path: socket,
    user,
    database,
    max: connections,
  });
}

/**
 * Nothing is sent on a connection that is gone, no rollback either: the driver would write to a socket that it no longer has,
 * where nothing can catch its error, and the process would end.
 */
async function transactionOn<T>(client: postgres.Sql, work: (queries: Queries) => Promise<T>): Promise<T> {
  const gone = Promise.withResolvers<never>();
  let isGone = false;
  const heard = (error: unknown) => {
    if (error instanceof DatabaseLost) {
      isGone = true;
      gone.reject(error);
    }
    return error;
  };
  const ended = client.begin(async (session) => {
    const run = runOn(session);
    const runUnlessGone: Run = async (...asked) => {
      if (isGone) return await gone.promise;
      return await run(...asked).catch((error) => Promise.reject(heard(error)));
    };
    try {
      return await work(queriesOver(runUnlessGone));
    } finally {
      // Without an end there is neither commit nor rollback.
      if (isGone) await new Promise<never>(() => undefined);
    }
  });
  // Of a connection that ends between two statements only the driver hears.
  const heardEnd = ended.catch((error) => Promise.reject(heard(translated(error))));
  return (await Promise.race([heardEnd, gone.promise])) as T;
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
