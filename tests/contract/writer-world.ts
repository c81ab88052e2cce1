/** A writer on memory ports, with a store that fails as it is told and a record of what was announced before it was stored. */
import { createMemoryLog, type MemoryLog, type MemoryLogOptions } from "#adapters/memory/message-log.ts";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import type { EventRun, LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { RoomStream } from "#domain/ports/index.ts";
import type { Author } from "#domain/user.ts";
import { startWriter, type Writer } from "#writer/writer.ts";
import { freshStores, type TestStores } from "../support/test-database.ts";
import { sampleAuthor, samplePerson, sampleRoom } from "./samples.ts";

/** Called before (or after) the store takes the runs; what it throws is what the writer gets. */
export type Fault = (runs: readonly EventRun[]) => void | Promise<void>;

export interface WriterWorld extends AsyncDisposable {
  readonly log: MemoryLog;
  readonly stream: RoomStream;
  readonly stores: TestStores;
  readonly writer: Writer;
  readonly faults: { before: Fault; after: Fault };
  /** Successful calls of the store's write. */
  readonly writes: readonly (readonly EventRun[])[];
  /** Ids that were announced while the store did not have them. Must stay empty. */
  readonly tooEarly: readonly string[];
  addRoom(): Promise<RoomId>;
  /** Whose name the store shall know. */
  addPerson(name: string): Promise<Author>;
  announced(room: RoomId): readonly RoomEvent[];
  stored(room: RoomId): Promise<readonly RoomEvent[]>;
  append(events: readonly LoggedEvent[]): Promise<readonly PromiseSettledResult<void>[]>;
}

const nothing: Fault = () => undefined;

export async function openWriterWorld(logOptions: MemoryLogOptions = {}): Promise<WriterWorld> {
  const { stores, close } = await freshStores();
  await stores.users.create(sampleAuthor, undefined);
  const faults = { before: nothing, after: nothing };
  const committed = new Set<string>();
  const writes: (readonly EventRun[])[] = [];
  const tooEarly: string[] = [];
  const heard = new Map<RoomId, RoomEvent[]>();

  const events = {
    ...stores.events,
    async write(runs: readonly EventRun[]) {
      await faults.before(runs);
      await stores.events.write(runs);
      for (const event of runs.flatMap((run) => run.events)) committed.add(event.id);
      await faults.after(runs);
      writes.push(runs);
    },
  };
  const log = createMemoryLog(logOptions);
  const stream = createMemoryStream({ announce: "on-confirm", head: stores.events.head });
  const writer = await startWriter({ log, stream, events }, { firstPauseMs: 1 });

  async function addRoom(): Promise<RoomId> {
    const id = sampleRoom();
    const made = { id, slug: id, name: id, visibility: "public", createdBy: sampleAuthor.id } as const;
    await stores.rooms.create({ ...made, createdAt: new Date(0).toISOString(), epoch: "e1" });
    const live: RoomEvent[] = [];
    heard.set(id, live);
    await stream.subscribe(id, (run) => {
      live.push(...run.events);
      tooEarly.push(...run.events.filter((event) => !committed.has(event.id)).map((event) => event.id));
    });
    return id;
  }

  return {
    log,
    stream,
    stores,
    writer,
    faults,
    writes,
    tooEarly,
    addRoom,
    async addPerson(name) {
      const person = samplePerson(name);
      await stores.users.create({ ...person, kind: "person", createdAt: new Date(0).toISOString() }, undefined);
      return person;
    },
    announced: (room) => heard.get(room) ?? [],
    stored: (room) => stores.events.events(room, { limit: 1_000_000, from: "oldest" }),
    append: (batch) => Promise.allSettled(batch.map((event) => log.append(event))),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await close();
    },
  };
}
