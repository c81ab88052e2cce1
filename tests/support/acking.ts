/**
 * A community that is written to as fast as it goes: `bun acking.ts FOLDER [pglite]`. Prints the id of each message once it is
 * acknowledged, a line each.
 */
import { openStandalone } from "#adapters/standalone.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { keptSecret } from "#gateway/kept-secret.ts";
import { startWriter } from "#writer/writer.ts";
import { samplePerson, samplePost, sampleRoom } from "../contract/samples.ts";

const writers = 16;
const words = "tea and biscuits for whoever is late ".repeat(5);
const [dataDir = "", engine] = process.argv.slice(2);

const none = { find: () => ({ reason: "PGlite is asked for" }) };
const ports = await openStandalone({ dataDir, limits: false, ...(engine === "pglite" ? none : {}) });
await startWriter(ports);
const at = new Date().toISOString();
const ada = { ...samplePerson("Ada"), kind: "person", createdAt: at } as const;
await ports.users.create(ada, await ports.passwords.hash("correct horse"));
const rooms: RoomId[] = [];
for (let n = 0; n < 4; n++) {
  const id = sampleRoom();
  const made = { id, slug: id, name: `Tea ${id}`, visibility: "public", createdBy: ada.id } as const;
  await ports.rooms.create({ ...made, createdAt: at, epoch: "e1" });
  rooms.push(id);
}
// What is sealed with it is of no use without it.
process.stdout.write(`ready\n${await keptSecret(dataDir)}\n`);
await Promise.all(Array.from({ length: writers }, (_, n) => write(rooms[n % rooms.length] ?? sampleRoom())));

async function write(room: RoomId): Promise<void> {
  for (let n = 0; ; n++) {
    const post: LoggedEvent = samplePost(room, `${n} ${words}`, { author: { id: ada.id, name: ada.name } });
    await ports.log.append(post);
    process.stdout.write(`${post.id}\n`);
  }
}
