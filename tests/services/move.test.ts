/** A community of a single process moves into a cluster: everybody is who they were, everything is where it was, and they go on. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { openPostgres } from "#db/connect.ts";
import { rooms, users } from "#db/schema.ts";
import { startFollower } from "../delivery/follower.ts";
import { type ApiPerson, bringIn, callApi, signUpPerson } from "../support/api-person.ts";
import { openLive } from "../support/live-page.ts";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";
import { openServiceWorld, type ServiceWorld } from "./service-world.ts";

const startWithinMs = 180_000;
const root = join(import.meta.dir, "..", "..");
/** More than a move takes at once. */
const manyMessages = 1_203;

let world: ServiceWorld;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-moved-"));
  world = await openServiceWorld();
}, startWithinMs);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}, startWithinMs);

async function move(...words: string[]) {
  const child = Bun.spawn([process.execPath, "scripts/move.ts", ...words], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, complained] = await Promise.all([child.stdout, child.stderr].map((out) => new Response(out).text()));
  return { code: await child.exited, said: said ?? "", complained: complained ?? "" };
}

/** Everything a person can see of a room's history, in order. */
async function eventsOf(base: string, token: string, room: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { status, body } = await callApi(base, "GET", `/rooms/${room}/events?after=${after}`, { token });
    expect(status).toBe(200);
    all.push(...body.items);
    after = body.next;
  }
  return all;
}

/** A room's newest message, as it reads now. */
async function newestOf(base: string, token: string, room: string) {
  return (await callApi(base, "GET", `/rooms/${room}/messages?limit=1`, { token })).body.items[0];
}

async function mine(base: string, token: string) {
  const { body } = await callApi(base, "GET", "/rooms?mine=true", { token });
  return body.items.map((room: Record<string, unknown>) => ({
    id: room.id,
    slug: room.slug,
    name: room.name,
    unread: room.unread,
    mentions: room.mentions,
    readOffset: room.readOffset,
  }));
}

async function readUpTo(base: string, who: ApiPerson, room: string, offset: number): Promise<void> {
  const page = await openLive(base, { cookie: `superchat_access=${who.token}` });
  page.send({ read: { room, offset } });
  await until(
    async () => (await mine(base, who.token)).find((each: { id: string }) => each.id === room).readOffset === offset,
    {
      what: "the read mark",
    },
  );
  page.close();
}

/** A database that takes mentions and keeps none. */
async function losingMentions(url: string, work: (rowsLeft: () => Promise<number>) => Promise<void>): Promise<void> {
  const database = await openPostgres(url);
  const run = (text: string) => database.queries.execute(sql.raw(text));
  await run("create function lose() returns trigger language plpgsql as 'begin return null; end'");
  await run("create trigger lossy before insert on mentions for each row execute function lose()");
  await work(async () => (await database.queries.$count(users)) + (await database.queries.$count(rooms)));
  await run("drop trigger lossy on mentions");
  await database.close();
}

test(
  "what was said stays where it was, everybody stays signed in, and chatting goes on",
  async () => {
    const alone = await startStandalone({ dataDir: folder });
    const [ana, ben] = [await signUpPerson(alone.url), await signUpPerson(alone.url)];
    const tea = await ana.createRoom("Tea Room", "private");
    await bringIn(ana, tea.id, ben);
    const direct = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body.room;
    await ana.post(direct.id, "between us");
    const first = await ana.post(tea.id, `first, @${ben.name} \u{1f375} "quoted" \\ 'n\n<b>lines</b>`);
    for (let sent = 0; sent < manyMessages; sent += 100) {
      const texts = Array.from({ length: Math.min(100, manyMessages - sent) }, (_, at) => `message ${sent + at}`);
      await Promise.all(texts.map((text) => ana.post(tea.id, text)));
    }
    const last = { text: `last, @${ben.name}`, replyTo: first };
    expect((await ana.call("POST", `/rooms/${tea.id}/messages`, last)).status).toBe(201);
    await readUpTo(alone.url, ben, tea.id, 1_000);
    const visible = [tea.id, direct.id, "lobby"];
    const before = {
      events: await Promise.all(visible.map((room) => eventsOf(alone.url, ben.token, room))),
      newest: await newestOf(alone.url, ben.token, tea.id),
      ana: await mine(alone.url, ana.token),
      ben: await mine(alone.url, ben.token),
    };
    expect(before.newest.replyTo).toMatchObject({ id: first });
    expect(before.ben.find((each: { id: string }) => each.id === tea.id)).toMatchObject({
      mentions: 1,
      readOffset: 1_000,
    });

    const busy = await move("--from", folder, "--to", world.databaseUrl);
    expect([busy.code, busy.complained]).toEqual([1, expect.stringContaining("is in use by Superchat process")]);
    expect(await alone.stop()).toBe(0);

    await losingMentions(world.databaseUrl, async (rowsLeft) => {
      const lossy = await move("--from", folder, "--to", world.databaseUrl);
      expect([lossy.code, lossy.complained]).toEqual([1, "The table mentions has 2 rows, but 0 arrived.\n"]);
      expect(await rowsLeft()).toBe(0);
    });

    const moved = await move("--from", folder, "--to", world.databaseUrl);
    expect([moved.code, moved.complained]).toEqual([0, ""]);
    expect(moved.said).toContain("users: 3\n");
    const secret = await readFile(join(folder, "secret"), "utf8");
    expect(moved.said).toContain(`JWT_SECRET set to what ${join(folder, "secret")} holds`);
    expect(moved.said).not.toContain(secret);
    expect(moved.said).not.toContain(new URL(world.databaseUrl).password);

    const again = await move("--from", folder, "--to", world.databaseUrl, "--show-secret");
    expect([again.code, again.complained]).toEqual([
      1,
      expect.stringContaining("The database is not empty: its table"),
    ]);
    const nothing = await move("--from", join(folder, "database"), "--to", world.databaseUrl);
    expect([nothing.code, nothing.complained]).toEqual([1, expect.stringContaining("There is no community in")]);

    const writer = await world.startWriter({});
    const gateway = await world.startGateway({ JWT_SECRET: secret });
    const { url } = gateway;
    // The access token of before still counts, and the refresh token gives the next one.
    expect((await callApi(url, "GET", "/me", { token: ana.token })).body.user.id).toBe(ana.id);
    const refreshed = await callApi(url, "POST", "/sessions/refresh", { body: { refreshToken: ben.refreshToken } });
    expect([refreshed.status, refreshed.body.user?.id]).toEqual([200, ben.id]);
    const token: string = refreshed.body.accessToken;

    expect(await Promise.all(visible.map((room) => eventsOf(url, token, room)))).toEqual(before.events);
    expect(await newestOf(url, token, tea.id)).toEqual(before.newest);
    expect(await mine(url, ana.token)).toEqual(before.ana);
    expect(await mine(url, token)).toEqual(before.ben);

    // As his page does, which reads the room anew when it is told to.
    const get = (path: string) => callApi(url, "GET", path, { token });
    const page = startFollower({ base: url, name: "page", who: { ...ben, token, get }, room: tea.id });
    // Live, or in the reading that a new epoch asks for.
    const shown = () =>
      page.reader.shown.flatMap((each) => {
        if (each.type === "reset") return [];
        return each.type === "live" ? each.messages : each.events;
      });
    const end = (before.events[0]!.at(-1) as { offset: number }).offset;
    await until(() => page.offset() === end, { what: "the page to show the room" });
    const { status, body } = await callApi(url, "POST", `/rooms/${tea.id}/messages`, {
      body: { text: `and on, @${ben.name}` },
      token: ana.token,
    });
    expect(status).toBe(201);
    await until(() => shown().at(-1)?.id === body.id, { what: "the message on the other's page" });
    await page.stop();
    const old = before.events[0]!.at(-1) as { offset: number };
    const after = await until(
      async () => {
        const events = (await eventsOf(url, token, tea.id)) as { id: string; offset: number }[];
        const unread = (await mine(url, token)).find((each: { id: string }) => each.id === tea.id);
        return events.at(-1)?.id === body.id && unread.mentions === 2 ? events : undefined;
      },
      { deadlineMs: 30_000, what: "the new message to be stored" },
    );
    expect(after.slice(0, -1) as unknown[]).toEqual(before.events[0]!);
    expect(after.at(-1)!.offset).toBeGreaterThan(old.offset);
    const other = await callApi(url, "POST", "/sessions", { body: { name: ben.name, password: ben.password } });
    expect(other.status).toBe(201);
    await gateway.stop();
    await writer.stop();
  },
  startWithinMs,
);
