/** Signals within one process. Nothing is kept: who does not listen at the moment does not hear of it. */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { RoomSignal, Signals, UserSignal } from "#domain/ports/index.ts";
import { createListeners, type ReportFailure } from "./listeners.ts";

export function createMemorySignals(report?: ReportFailure): Signals {
  const rooms = createListeners<RoomId, RoomSignal>(report);
  const users = createListeners<"all", { readonly user: UserId; readonly signal: UserSignal }>(report);

  return {
    toRoom: async (room, signal) => rooms.tell(room, signal),
    toUser: async (user, signal) => users.tell("all", { user, signal }),
    onRoom: async (room, listener) => rooms.add(room, listener),
    onUsers: async (listener) => users.add("all", ({ user, signal }) => listener(user, signal)),
  };
}
