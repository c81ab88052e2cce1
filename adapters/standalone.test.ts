/** The ports of standalone mode together with the writer, over a real data folder. */
import { afterAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import type { LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { OpenPorts } from "#domain/ports/index.ts";
import type { User } from "#domain/user.ts";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { memoryFolder } from "#tests/support/memory-folder.ts";
import { startWriter } from "#writer/writer.ts";
import { openStandalone } from "./standalone.ts";

const openWithinMs = 60_000;
const dataDir = memoryFolder("standalone");
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function whileOpen(work: (ports: OpenPorts) => Promise<void>): Promise<void> {
  const ports = await openStandalone({ dataDir, limits: false });
  const writer = await startWriter(ports);
  try {
    await work(ports);
  } finally {
    await writer.close();
    await ports.close();
  }
}

test(
  "what is acked is stored and announced, and a room goes on after a restart",
  async () => {
    const at = new Date().toISOString();
    const ada: User = { ...samplePerson("Ada"), kind: "person", createdAt: at };
    const room = sampleRoom();
    const post = (text: string) => samplePost(room, text, { author: { id: ada.id, name: ada.name } });
    const joined: LoggedEvent = { ...post("joins"), type: "member.joined", member: { id: ada.id, name: ada.name } };
    const [one, two, three] = [post("one"), post("two"), post("three")];

    await whileOpen(async (ports) => {
      await ports.ready();
      await ports.users.create(ada, await ports.passwords.hash("correct horse"));
      const made = { id: room, slug: room, name: "Tea", visibility: "public", createdBy: ada.id } as const;
      await ports.rooms.create({ ...made, createdAt: at, epoch: "e1" });
      const heard: RoomEvent[] = [];
      await ports.stream.subscribe(room, (run) => heard.push(...run.events));
      await Promise.all([joined, one, two].map((event) => ports.log.append(event)));
      expect(heard.map((event) => [event.id, event.offset])).toEqual(
        [joined, one, two].map(({ id }, index) => [id, index + 1]),
      );
      expect(await ports.stream.publish([two])).toMatchObject([{ offset: 3, fresh: false }]);
      expect((await ports.rooms.access(room, ada.id))?.membership?.readOffset).toBe(1);
    });

    await whileOpen(async (ports) => {
      expect(await ports.stream.head(room)).toEqual({ epoch: "e1", offset: 3 });
      await ports.log.append(three);
      expect(await ports.events.find(three.id)).toMatchObject({ offset: 4 });
      const texts = (await ports.events.messages(room, { limit: 10 })).map((message) => message.text);
      expect(texts).toEqual(["one", "two", "three"]);
    });
  },
  openWithinMs,
);
