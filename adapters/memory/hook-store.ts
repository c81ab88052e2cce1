/** Webhooks in memory. */
import { type Hook, hostOf, isSlow, maxHooksPerRoom, type OutgoingHook } from "#domain/hook.ts";
import { madeBefore, tooManyHooks } from "#domain/hooks.ts";
import type { HookId, RoomId, UserId } from "#domain/ids.ts";
import type { ClaimLimits, HookStore } from "#domain/ports/index.ts";
import type { Tables } from "./tables.ts";

interface Row<H extends Hook> {
  readonly hook: H;
  /** Hash or sealed. */
  readonly secret: string;
  readonly lease?: string;
}

export function createMemoryHookStore({ users, rooms }: Pick<Tables, "users" | "rooms">): HookStore {
  const rows = new Map<HookId, Row<Hook>>();
  const outgoing = () => [...rows.values()].filter(isOutgoing);

  const add = (hook: Hook, secret: string) => {
    if (rows.has(hook.id)) throw madeBefore();
    if (
      rows
        .values()
        .filter((row) => row.hook.room === hook.room)
        .toArray().length >= maxHooksPerRoom
    ) {
      throw tooManyHooks();
    }
    rows.set(hook.id, { hook, secret });
  };
  const isDue = ({ room, state, position, notice, nextTryAt }: OutgoingHook, now: string) =>
    nextTryAt <= now && (notice !== undefined || (state === "on" && position < (rooms.get(room)?.offset ?? 0)));
  const inRoom = (room: RoomId, id: HookId) => {
    const row = rows.get(id);
    return row?.hook.room === room ? row : undefined;
  };

  return {
    createIncoming: async (hook, hash) => add(hook, hash),
    createOutgoing: async (hook, sealed) => add(hook, sealed),

    async byHash(hash) {
      const hook = rows.values().find(({ secret }) => secret === hash)?.hook;
      const bot = hook?.kind === "incoming" ? users.get(hook.bot)?.user : undefined;
      return hook?.kind === "incoming" && bot ? { hook, bot } : undefined;
    },

    async listOf(room) {
      const own = [...rows.values()].map(({ hook }) => hook).filter((hook) => hook.room === room);
      return own.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },

    remove: async (room, id) => inRoom(room, id) !== undefined && rows.delete(id),

    async switchOn(room, id, maker, at) {
      const row = inRoom(room, id);
      if (row === undefined || !isOutgoing(row)) return undefined;
      const { failingSince: _since, notice: _notice, ...rest } = row.hook;
      const hook: OutgoingHook = { ...rest, createdBy: maker, state: "on", failures: 0, nextTryAt: at };
      rows.set(id, { hook, secret: row.secret });
      return hook;
    },

    async claim(now, until, lease, limits) {
      const due = outgoing().filter(({ hook }) => isDue(hook, now));
      due.sort((a, b) => (a.hook.nextTryAt < b.hook.nextTryAt ? -1 : 1));
      const owned = due.map((row) => ({
        ...row,
        owner: users.get(row.hook.createdBy)?.user.owner ?? row.hook.createdBy,
      }));
      return inTurns(owned, limits).map(({ hook, secret, owner }) => {
        const claimed = { ...hook, nextTryAt: until };
        rows.set(hook.id, { hook: claimed, secret, lease });
        return { lease, hook: claimed, sealed: secret, owner };
      });
    },

    async settle(id, lease, standing, keep) {
      const row = rows.get(id);
      if (row === undefined || !isOutgoing(row) || row.lease !== lease) return false;
      const { room, createdBy, createdAt, url } = row.hook;
      const hook: OutgoingHook = { kind: "outgoing", id, room, createdBy, createdAt, url, ...standing };
      rows.set(id, { hook, secret: row.secret, ...(keep ? { lease } : {}) });
      return true;
    },
  };
}

/** @param due the longest waiting first */
function inTurns<Due extends { readonly hook: OutgoingHook; readonly owner: UserId }>(
  due: readonly Due[],
  limits: ClaimLimits,
): readonly Due[] {
  const ofOwner = countFrom(limits.inFlightByOwner);
  const ofHost = countFrom(limits.inFlightByHost);
  let slow = 0;
  return due
    .map((row) => ({ row, turn: ofOwner(row.owner) }))
    .filter(({ turn }) => turn <= limits.perOwner)
    .sort((a, b) => a.turn - b.turn)
    .filter(({ row }) => ofHost(hostOf(row.hook.url)) <= limits.perHost)
    .filter(({ row }) => !isSlow(row.hook) || ++slow <= limits.slow)
    .slice(0, limits.all)
    .map(({ row }) => row);
}

function countFrom<Key>(start: ReadonlyMap<Key, number>): (key: Key) => number {
  const counts = new Map(start);
  return (key) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
}

function isOutgoing(row: Row<Hook>): row is Row<OutgoingHook> {
  return row.hook.kind === "outgoing";
}
