/**
 * Who is online, by connection, over all gateways. While Redis is away nobody is seen to come, go, or be there; the
 * heartbeats of the gateways bring everybody back.
 */
import { unlessUnavailable } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import type { Clock, Presence } from "#domain/ports/index.ts";
import { presenceKey } from "./keys.ts";
import type { Servers } from "./servers.ts";

/** @param clock for tests: without it Redis' own clock counts, one for all gateways */
export function createRedisPresence(servers: Servers, clock?: Clock): Presence {
  const now = () => (clock === undefined ? "" : `${clock.now()}`);

  async function isOne(name: "enter" | "leave", user: UserId, connection: string): Promise<boolean> {
    const answer = servers.call(name, [presenceKey(user)], [now(), connection]);
    return (await unlessUnavailable(answer)) === 1;
  }

  async function onlineAmong(users: readonly UserId[]): Promise<readonly UserId[]> {
    const answer = await unlessUnavailable(servers.call("online", users.map(presenceKey), [now()]));
    return Array.isArray(answer) ? users.filter((_, index) => answer[index] === 1) : [];
  }

  return {
    enter: (user, connection) => isOne("enter", user, connection),
    leave: (user, connection) => isOne("leave", user, connection),
    async online(users) {
      return new Set((await Promise.all(servers.together(users, presenceKey).map(onlineAmong))).flat());
    },
  };
}
