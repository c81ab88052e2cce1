/** A deletion in a cluster: no gateway tells its words any more, neither one that stood still meanwhile, and no server keeps them but the log. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { maxTailEvents } from "#adapters/memory/room-tail.ts";
import { openPostgres } from "#db/connect.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { cookieOf, lookAt } from "../support/live-page.ts";
import { connectProgram } from "../support/program.ts";
import { keysWith, rowsWith, toldOf, withWords } from "../support/told-words.ts";
import { until } from "../support/wait.ts";

const startMs = 180_000;
const testMs = 180_000;
/** Longer than a gateway may stand still unnoticed, in milliseconds. */
const frozenMs = 1_500;
const [first, second] = ["xyzzyone", "xyzzytwo"];
const words = [first, second];

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ gateways: 2, writers: 1 });
}, startMs);
afterAll(async () => void (await cluster?.stop()), startMs);

test(
  "one gateway deletes while the other is frozen: thawed, it tells nobody what was deleted, not even what it had in its hands",
  async () => {
    const [one, other] = (await cluster.processes("gateway")).map(({ port }) => `http://127.0.0.1:${port}`);
    if (one === undefined || other === undefined) throw new Error("there are two gateways");
    const ana = await signUpPerson(one);
    const room = await ana.createRoom(freshName("erased"));
    const own = `/rooms/${room.id}/messages`;
    await ana.post(room.id, "before");
    const page = await lookAt(other, ana, room);
    const program = await connectProgram(other, { token: ana.token });
    await program.call({ subscribe: { channel: `room:${room.id}` } });
    const seenBefore = page.frames.length + program.frames.length;

    await cluster.kill("gateway-2", "SIGSTOP");
    const frozenAt = performance.now();
    // All of this is on its way to the other gateway, event by event, while it stands still.
    const id = await ana.post(room.id, `it is ${first}`);
    expect((await ana.call("PATCH", `${own}/${id}`, { text: `no, ${second}` })).status).toBe(200);
    const reply = (await ana.call("POST", own, { text: "I see", replyTo: id })).body.id as string;
    expect(withWords(await toldOf({ base: one, who: ana, room, id }), words).length).toBeGreaterThan(5);
    expect((await ana.call("DELETE", `${own}/${id}`)).status).toBe(204);
    // Asked of it before it wakes up: the connection is taken by the system.
    const asked = fetch(`${other}/rooms/${room.slug}`, { headers: { cookie: cookieOf(ana) } });
    await until(() => performance.now() - frozenAt > frozenMs, { what: "it to have stood still for long enough" });
    await cluster.kill("gateway-2", "SIGCONT");

    const last = await ana.post(room.id, "after");
    await until(() => JSON.stringify(page.frames).includes("after"), { what: "its page to be told what comes then" });
    await until(() => program.frames.join().includes(last), { what: "its program to be told" });
    const live = new Map([
      ["page", JSON.stringify(page.frames)],
      ["program", program.frames.join("\n")],
      ["asked while it was frozen", await (await asked).text()],
    ]);
    expect(withWords(live, words)).toEqual([]);
    expect(page.frames.length + program.frames.length).toBeGreaterThan(seenBefore);

    for (const base of [other, one]) {
      for (const of of [id, reply])
        expect(withWords(await toldOf({ base, who: ana, room, id: of }), words)).toEqual([]);
    }
    page.close();
    program.close();
    expect(await keysOfRedis()).toEqual([]);
    await until(async () => (await rowsOfPostgres()).length === 0, { deadlineMs: 30_000, what: "no row to have them" });
    for (const { name, role } of await cluster.processes()) {
      if (role === "gateway" || role === "writer") expect((await cluster.log(name)).includes("xyzzy")).toBe(false);
    }
  },
  testMs,
);

test(
  "while the writer stands still and does not store a deletion, nobody is told the words of a message that is older than the recent tail",
  async () => {
    const [one] = (await cluster.processes("gateway")).map(({ port }) => `http://127.0.0.1:${port}`);
    if (one === undefined) throw new Error("there are two gateways");
    const ana = await signUpPerson(one);
    const room = await ana.createRoom(freshName("older"));
    const own = `/rooms/${room.id}/messages`;
    const id = await ana.post(room.id, `it is ${first}`);
    const reply = (await ana.call("POST", own, { text: "I see", replyTo: id })).body.id as string;
    for (let left = maxTailEvents; left > 0; left -= 40)
      await Promise.all(Array.from({ length: 40 }, (_, n) => ana.post(room.id, `${left} ${n}`)));
    const { offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
    const stored = async () => {
      const { items } = (await ana.get(`/rooms/${room.id}/events?after=0&limit=2`)).body;
      return items.length === 2;
    };
    await until(stored, { what: "it to be stored" });

    await cluster.kill("writer-1", "SIGSTOP");
    expect((await ana.call("DELETE", `${own}/${id}`)).status).toBe(204);
    await until(async () => (await ana.get(`/rooms/${room.id}/messages/${id}`)).body.message?.deleted === true, {
      what: "the deletion to be published",
    });
    expect(offset).toBeGreaterThan(maxTailEvents);
    const told = new Map<string, string>();
    for (const path of [
      `${own}?before=9`,
      `${own}/${reply}`,
      `${own}/${id}`,
      `/rooms/${room.id}/events?after=0&limit=4`,
    ])
      told.set(path, JSON.stringify((await ana.get(path)).body));
    for (const path of ["before=9", "after=1", "at=1"]) {
      const page = await fetch(`${one}/rooms/${room.slug}?${path}`, { headers: { cookie: cookieOf(ana) } });
      told.set(path, await page.text());
    }
    const program = await connectProgram(one, { token: ana.token });
    const channel = `room:${room.id}`;
    const { epoch } = (await ana.get(`/rooms/${room.id}`)).body.room;
    await program.call({ history: { channel, limit: 4, since: { epoch, offset: 0 } } });
    await program.call({ subscribe: { channel, recover: true, epoch, offset: 0 } });
    told.set("program", program.frames.join("\n"));
    expect(withWords(told, words)).toEqual([]);
    // All of them show the reply, and so the room, and Postgres has the words still.
    expect([...told].filter(([, text]) => !text.includes("I see") && !text.includes(id)).map(([path]) => path)).toEqual(
      [],
    );
    expect((await rowsOfPostgres()).length).toBeGreaterThan(0);
    program.close();
    await cluster.kill("writer-1", "SIGCONT");
    await until(async () => (await rowsOfPostgres()).length === 0, { deadlineMs: 30_000, what: "no row to have them" });
  },
  testMs,
);

async function keysOfRedis(): Promise<readonly string[]> {
  const [redis] = await cluster.processes("redis");
  return await keysWith(`redis://127.0.0.1:${redis?.port}`, words);
}

async function rowsOfPostgres(): Promise<readonly string[]> {
  const [server] = await cluster.processes("postgres");
  const password = await readFile(join(cluster.folder, "postgres", "password"), "utf8");
  const database = await openPostgres(`postgres://superchat:${password}@127.0.0.1:${server?.port}/superchat`);
  try {
    return await rowsWith(database.queries, words);
  } finally {
    await database.close();
  }
}
