/** Waits for a Postgres that is not there yet, and not for one that says no: then, or when time is up, it says why. */
import { type Database, QueryRefused } from "#db/database.ts";
import { BuildRefused } from "#domain/levels.ts";

const lookAgainMs = 250;
/** SQLSTATE of a server that is there and will not change its mind: who asks, for which database, with what rights. */
const final = /^(28|3D|42501)/;
const missingRights = "42501";

export interface Patience {
  readonly waitMs: number;
  /** Called once, when there is something to wait for. */
  readonly onWait: (reason: unknown) => void;
}

/** @throws Error with a sentence for the operator that holds Postgres' own reason */
export async function openPatiently(open: () => Promise<Database>, { waitMs, onWait }: Patience): Promise<Database> {
  const giveUpAt = performance.now() + waitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (cause) {
      if (cause instanceof BuildRefused) throw cause;
      const refused = refusedIn(cause);
      if (refused !== undefined && final.test(refused.sqlState)) throw new Error(sentenceOf(refused), { cause });
      if (performance.now() > giveUpAt)
        throw new Error(`Postgres did not let us in within ${waitMs / 1_000} s. It said last: ${reasonOf(cause)}`, {
          cause,
        });
      if (tries === 1) onWait(cause);
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

function sentenceOf({ message, sqlState }: QueryRefused): string {
  const advice =
    sqlState === missingRights ? "" : " Check DATABASE_URL, or POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB.";
  return `Postgres refuses: ${message}.${advice}`;
}

function reasonOf(error: unknown): string {
  const told = refusedIn(error) ?? error;
  return told instanceof Error ? told.message : String(told);
}

/** From anywhere in the chain of causes: a migration wraps what it was told. */
function refusedIn(error: unknown): QueryRefused | undefined {
  for (let link = error; link instanceof Error; link = link.cause) if (link instanceof QueryRefused) return link;
  return undefined;
}
