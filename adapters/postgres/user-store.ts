/** People in Postgres. Uniqueness of names and looks is kept by constraints. */
import { and, eq, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { users } from "#db/schema.ts";
import { ChatError } from "#domain/errors.ts";
import { folded, searchForm } from "#domain/fold.ts";
import type { UserId } from "#domain/ids.ts";
import type { UserStore } from "#domain/ports/index.ts";
import { maxBotsPerPerson, tooManyBots } from "#domain/program-token.ts";
import { nameKey, nameSkeleton, type User } from "#domain/user.ts";
import { among } from "./among.ts";
import { coalesce } from "./coalesce.ts";
import { pageCondition, pageOf, rowsToRead, searched } from "./cursor.ts";
import { ask, repeated } from "./failures.ts";
import { askForNames } from "./search-names.ts";
import { storable } from "./storable.ts";
import { type Limit, withinLimit } from "./within-limit.ts";

interface UserRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly nameKey: string;
  readonly kind: "person" | "bot";
  readonly createdAt: string;
  readonly owner: string | null;
}

export const userColumns = {
  id: users.id,
  name: users.name,
  nameKey: users.nameKey,
  kind: users.kind,
  createdAt: users.createdAt,
  owner: users.ownerId,
};
const rawColumns = sql.raw(
  `u.id, u.name, u.name_key as "nameKey", u.kind, u.created_at as "createdAt", u.owner_id as owner`,
);
/** Sorts after every key that starts with what stands before it. */
const lastCharacter = "\u{10FFFF}";

export function createUserStore(database: Database): UserStore {
  const byKeys = async (keys: readonly string[]) => {
    const rows = await ask(database, (queries) =>
      queries
        .select(userColumns)
        .from(users)
        .where(among(users.nameKey, "text", keys)),
    );
    return new Map(rows.map((row) => [row.nameKey, userOf(row)]));
  };
  const byKey = coalesce(byKeys);

  return {
    async create(user, passwordHash) {
      const { id, name, kind, createdAt, owner } = user;
      const keys = { nameKey: nameKey(name), nameSkeleton: nameSkeleton(name), nameFolded: folded(name) };
      const row = { id, name, ...keys, kind, passwordHash: passwordHash ?? null, createdAt, ownerId: owner ?? null };
      const insert = (queries: Queries) => queries.insert(users).values(row);
      try {
        await (owner === undefined ? ask(database, insert) : withinLimit(database, botsOf(owner), insert));
      } catch (error) {
        if (repeated(error) === undefined) throw error;
        throw new ChatError("conflict", "This name, or one that looks like it, is taken; choose another.", {
          cause: error,
          field: "name",
        });
      }
    },

    async byId(id) {
      const [row] = await ask(database, (queries) => queries.select(userColumns).from(users).where(eq(users.id, id)));
      return row && userOf(row);
    },

    async byIds(ids) {
      if (ids.length === 0) return [];
      const rows = await ask(database, (queries) =>
        queries
          .select(userColumns)
          .from(users)
          .where(among(users.id, "uuid", ids)),
      );
      return rows.map(userOf);
    },

    byKey: (key) => byKey(storable(key)),
    byKeys: async (keys) => await byKeys(keys.map(storable)),

    async credentials(key) {
      const [row] = await ask(database, (queries) =>
        queries
          .select({ ...userColumns, passwordHash: users.passwordHash })
          .from(users)
          .where(eq(users.nameKey, storable(key))),
      );
      return row && { user: userOf(row), passwordHash: row.passwordHash ?? undefined };
    },

    async rehash(id, from, to) {
      const same = and(eq(users.id, id), eq(users.passwordHash, from));
      await ask(database, (queries) => queries.update(users).set({ passwordHash: to }).where(same));
    },

    async botsOf(owner) {
      const rows = await ask(database, (queries) =>
        queries.select(userColumns).from(users).where(eq(users.ownerId, owner)).orderBy(users.nameKey),
      );
      return rows.map(userOf);
    },

    async firstPerson() {
      // Ids are of version 7: their order is that of time, and the few accounts before the first person's are bots.
      const [row] = await ask(database, (queries) =>
        queries.select(userColumns).from(users).where(eq(users.kind, "person")).orderBy(users.id).limit(1),
      );
      return row && userOf(row);
    },

    async list(page) {
      const condition = pageCondition(page, "u");
      const rows = await askForNames(database, page, (queries) =>
        queries.execute<UserRow>(sql`
          select ${rawColumns} from users u where ${condition} order by u.name_key, u.id limit ${rowsToRead(page)}`),
      );
      return pageOf(rows, page, userOf);
    },

    async suggest(asked, room, limit) {
      const prefix = searchForm(storable(asked));
      const found = searched("u");
      const startsSo = sql`${found} >= ${prefix} and ${found} < ${prefix + lastCharacter}`;
      const rows = await ask(database, (queries) =>
        queries.execute<UserRow & { readonly member: boolean }>(sql`
          select id, name, "nameKey", kind, "createdAt", owner, place = 0 as member from (
            (select ${rawColumns}, ${found} as found, 0 as place from memberships m join users u on u.id = m.user_id
              where m.room_id = ${room}::uuid and ${startsSo} order by ${found}, u.name_key limit ${limit})
            union all
            (select ${rawColumns}, ${found} as found, 1 as place from users u
              where ${startsSo} and not exists
                (select 1 from memberships m where m.room_id = ${room}::uuid and m.user_id = u.id)
              order by ${found}, u.name_key limit ${limit})
          ) as found order by place, found, "nameKey" limit ${limit}`),
      );
      return rows.map((row) => ({ user: userOf(row), member: row.member }));
    },
  };
}

function botsOf(owner: UserId): Limit {
  return {
    key: `bots of ${owner}`,
    max: maxBotsPerPerson,
    count: (queries) => queries.$count(users, eq(users.ownerId, owner)),
    full: tooManyBots,
  };
}

export function userOf(row: Pick<UserRow, "id" | "name" | "kind" | "createdAt" | "owner">): User {
  const { id, name, kind, createdAt, owner } = row;
  return { id: id as UserId, name, kind, createdAt, ...(owner === null ? {} : { owner: owner as UserId }) };
}
