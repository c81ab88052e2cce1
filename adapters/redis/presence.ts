/**
 * Who is online, by connection, over all gateways. While Redis is away nobody is seen to come, go, or be there; the
 * heartbeats of the gateways bring everybody back.
 */
import { unlessUnavailable } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import type { Clock, Presence } from "#domain/ports/index.ts";
import { presenceKey } from "./keys.ts";
import type { Servers } from "./servers.ts";
import { slices } from "./slices.ts";

/** In one call: some 2 ms of Redis, which does nothing else meanwhile. */
export const maxEntersTogether = 250;

interface Entering extends PromiseWithResolvers<boolean> {
  readonly key: string;
  readonly connection: string;
}

/** @param clock for tests: without it Redis' own clock counts, one for all gateways */
export function createRedisPresence(servers: Servers, clock?: Clock): Presence {
  /** Heartbeats come by the hundred at once, and so do people after another gateway's end. */
  let entering: Entering[] = [];
  const now = () => (clock === undefined ? "" : `${clock.now()}`);

  function sendEntering(): void {
    const all = entering;
    entering = [];
    for (const group of servers.together(all, ({ key }) => key)) {
      for (const some of slices(group, maxEntersTogether)) void send(some);
    }
  }

  async function send(some: readonly Entering[]): Promise<void> {
    const [keys, connections] = [some.map(({ key }) => key), some.map(({ connection }) => connection)];
    try {
      const answer = await unlessUnavailable(servers.call("enter", keys, [now(), ...connections]));
      for (const [index, { resolve }] of some.entries()) resolve(Array.isArray(answer) && answer[index] === 1);
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }

  async function onlineAmong(users: readonly UserId[]): Promise<readonly UserId[]> {
    const answer = await unlessUnavailable(servers.call("online", users.map(presenceKey), [now()]));
    return Array.isArray(answer) ? users.filter((_, index) => answer[index] === 1) : [];
  }

  return {
    enter(user, connection) {
      const one: Entering = { key: presenceKey(user), connection, ...Promise.withResolvers<boolean>() };
      if (entering.push(one) === 1) setImmediate(sendEntering);
      return one.promise;
    },
    async leave(user, connection) {
      // Else it might arrive before its own coming.
      sendEntering();
      return (await unlessUnavailable(servers.call("leave", [presenceKey(user)], [now(), connection]))) === 1;
    },
    async count(user) {
      return Number((await unlessUnavailable(servers.call("count", [presenceKey(user)], [now()]))) ?? 0);
    },
    async online(users) {
      return new Set((await Promise.all(servers.together(users, presenceKey).map(onlineAmong))).flat());
    },
  };
}
