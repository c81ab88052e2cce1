/** All stores in memory over the same data: for tests of everything above the store. Nothing survives the process. */
import type { Ports } from "#domain/ports/index.ts";
import { createMemoryDirectRoomStore } from "./direct-room-store.ts";
import { createMemoryEventStore } from "./event-store.ts";
import { createMemoryHookStore } from "./hook-store.ts";
import { createMemoryInvitationStore } from "./invitation-store.ts";
import { createMemoryKeyStore } from "./key-store.ts";
import { createMemoryProgramTokenStore } from "./program-token-store.ts";
import { createMemoryRoomStore } from "./room-store.ts";
import { createMemorySessionStore } from "./session-store.ts";
import { createTables } from "./tables.ts";
import { createMemoryUserStore } from "./user-store.ts";

export type MemoryStores = Pick<
  Ports,
  "events" | "rooms" | "directs" | "invitations" | "users" | "sessions" | "programTokens" | "hooks" | "keys"
>;

export function createMemoryStores(): MemoryStores {
  const tables = createTables();
  return {
    events: createMemoryEventStore(tables),
    rooms: createMemoryRoomStore(tables),
    directs: createMemoryDirectRoomStore(tables),
    invitations: createMemoryInvitationStore(tables),
    users: createMemoryUserStore(tables),
    sessions: createMemorySessionStore(tables),
    programTokens: createMemoryProgramTokenStore(tables),
    hooks: createMemoryHookStore(tables),
    keys: createMemoryKeyStore(),
  };
}
