/** Every way by which somebody can be told what stands in a room, and every place where it is kept: for tests of words that must be gone. */
import { sql } from "drizzle-orm";
import { createClient } from "redis";
import type { Queries } from "#db/database.ts";
import type { ApiPerson } from "./api-person.ts";
import { cookieOf, lookAt } from "./live-page.ts";
import { connectProgram } from "./program.ts";
import { until } from "./wait.ts";

export interface Asked {
  readonly base: string;
  readonly who: ApiPerson;
  readonly room: { readonly id: string; readonly slug: string };
  /** Of a message. */
  readonly id: string;
}

/** What each path answers, by its name: pages, the API, and both sockets that come back from each offset before this one. */
export async function toldOf({ base, who, room, id }: Asked): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  const pages = [`/rooms/${room.slug}`, `/rooms/${room.slug}?at=1`, `/rooms/${room.slug}?before=900000`];
  for (const path of [
    ...pages,
    `/rooms/${room.slug}?after=1`,
    `/rooms/${room.slug}/messages/${id}`,
    "/rooms",
    "/fragments/rooms",
  ]) {
    told.set(path, await (await fetch(`${base}${path}`, { headers: { cookie: cookieOf(who) } })).text());
  }
  const own = `/rooms/${room.id}`;
  const asked = [
    `${own}/messages`,
    `${own}/messages/${id}`,
    `${own}/events?after=0&limit=500`,
    own,
    "/rooms?mine=true",
    "/me",
  ];
  for (const path of asked) {
    const answer = await fetch(`${base}/api/v1${path}`, { headers: { authorization: `Bearer ${who.token}` } });
    told.set(`API ${path}`, await answer.text());
  }
  const { epoch, offset } = JSON.parse(told.get(`API ${own}`) ?? "").room as { epoch: string; offset: number };
  for (let after = 0; after <= offset; after++) {
    const page = await lookAt(base, who, room, after);
    told.set(`page socket after ${after}`, JSON.stringify(page.frames));
    page.close();
    const program = await connectProgram(base, { token: who.token });
    const channel = `room:${room.id}`;
    await program.call({ subscribe: { channel, recover: true, epoch, offset: after } });
    await until(() => program.offsets(channel).length >= offset - after, { what: "what was missed" });
    for (const reverse of [false, true]) {
      await program.call({
        history: { channel, limit: -1, reverse, ...(reverse ? {} : { since: { epoch, offset: after } }) },
      });
    }
    told.set(`program socket after ${after}`, program.frames.join("\n"));
    program.close();
  }
  return told;
}

/** Every value of every table, as text; and what the planner has noted of them. */
export async function rowsWith(queries: Queries, words: readonly string[]): Promise<readonly string[]> {
  const tables = await queries.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const found: string[] = [];
  for (const name of [...tables.map((table) => table.name), "pg_stats"]) {
    for (const word of words) {
      const rows = await queries.execute<{ row: string }>(
        sql`select t::text as row from ${sql.raw(`"${name}"`)} t where t::text like ${`%${word}%`}`,
      );
      found.push(...rows.map(({ row }) => `${name}: ${row}`));
    }
  }
  return found;
}

/** Every key of a Redis with one of these words in its name or its value, whatever kind of value that is. */
export async function keysWith(url: string, words: readonly string[]): Promise<readonly string[]> {
  const client = await createClient({ url }).connect();
  const found: string[] = [];
  for await (const keys of client.scanIterator({ COUNT: 1_000 })) {
    for (const key of keys) {
      const type = await client.type(key);
      const reads: Record<string, () => Promise<unknown>> = {
        string: () => client.get(key),
        list: () => client.lRange(key, 0, -1),
        hash: () => client.hGetAll(key),
        set: () => client.sMembers(key),
        zset: () => client.zRange(key, 0, -1),
      };
      const read = reads[type];
      if (read === undefined) throw new Error(`${key} is a ${type}: say how it is read`);
      const value = `${key} ${JSON.stringify(await read())}`;
      if (words.some((word) => value.includes(word))) found.push(value);
    }
  }
  await client.close();
  return found;
}

/** Names of the paths on which one of these words is told. */
export function withWords(told: ReadonlyMap<string, string>, words: readonly string[]): readonly string[] {
  return [...told].flatMap(([path, text]) => (words.some((word) => text.includes(word)) ? [path] : []));
}
