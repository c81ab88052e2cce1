/** Sealed signing keys in Postgres. Never sees an open key. */
import { desc, gt, lt, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { signingKeys } from "#db/schema.ts";
import type { KeyStore } from "#domain/ports/index.ts";
import { ask, askTogether } from "./failures.ts";

/** Rotation leaves a few; more would mean that nobody removes them. */
const maxKeys = 100;

export function createKeyStore(database: Database): KeyStore {
  return {
    list: async () =>
      await ask(database, (queries) =>
        queries.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid)).limit(maxKeys),
      ),

    add: async (key, unlessNewerThan) =>
      await askTogether(database, async (queries) => {
        await queries.execute(sql`lock table ${signingKeys} in share row exclusive mode`);
        const newer = queries
          .select({ kid: signingKeys.kid })
          .from(signingKeys)
          .where(gt(signingKeys.createdAt, unlessNewerThan))
          .limit(1);
        if ((await newer).length > 0) return false;
        await queries.insert(signingKeys).values(key);
        return true;
      }),

    async removeBefore(createdAt) {
      await ask(database, (queries) => queries.delete(signingKeys).where(lt(signingKeys.createdAt, createdAt)));
    },
  };
}
