/** All stores over one database, PGlite or Postgres. */
import type { Database } from "#db/database.ts";
import type { Ports } from "#domain/ports/index.ts";
import { createDirectRoomStore } from "./direct-room-store.ts";
import { createEventStore } from "./event-store.ts";
import { createHookStore } from "./hook-store.ts";
import { createInvitationStore } from "./invitation-store.ts";
import { createKeyStore } from "./key-store.ts";
import { createProgramTokenStore } from "./program-token-store.ts";
import { createRoomStore } from "./room-store.ts";
import { createSessionStore } from "./session-store.ts";
import { createUserStore } from "./user-store.ts";

/**
 * The database stays open when the stores are no longer used: who opened it closes it.
 * @param eraseMore called when what was stored left something to erase (erase-events.ts)
 */
export function openPostgresStores(
  database: Database,
  eraseMore?: () => void,
): Pick<
  Ports,
  "events" | "rooms" | "directs" | "invitations" | "users" | "sessions" | "programTokens" | "hooks" | "keys"
> {
  return {
    events: createEventStore(database, eraseMore),
    rooms: createRoomStore(database),
    directs: createDirectRoomStore(database),
    invitations: createInvitationStore(database),
    users: createUserStore(database),
    sessions: createSessionStore(database),
    programTokens: createProgramTokenStore(database),
    hooks: createHookStore(database),
    keys: createKeyStore(database),
  };
}
